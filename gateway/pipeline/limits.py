"""How much one request may hold; /ServiceProviderConfig tells clients."""

MAX_BODY = 2 * 1024 * 1024  # bytes, of every request
MAX_BULK_OPERATIONS = 1_000
