"""The algebra: a closed set of lenses between resources and records, and the ways to read them.

Values out, values in, filters and PATCH carried across, the schema that is advertised, the laws that must hold. It
knows nothing of files (the mapping room builds lenses) and nothing of HTTP.
"""
