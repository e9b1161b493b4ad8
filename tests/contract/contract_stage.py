"""What the contract's tests share: the smallest mapping that serves."""

TINY = """\
scimap: 1
name: tiny
params: { host: { type: host, example: api.vendor.example } }
connect: { base: 'https://{host}' }
resources:
  User:
    ops:
      create: POST /people
      retrieve: GET /people/{id}
      query: GET /people
      replace: PUT /people/{id}
      delete: DELETE /people/{id}
    can: { replace: { omitted: cleared }, page: { style: none, items: people }, filter: { language: none, scan: 100 } }
    shape: { id: string ro, login: string, "on": bool }
    map: { userName: login, active: "on" }
    correlate: [userName]
"""
