"""SCIM Gateway: standard SCIM 2.0 in, a vendor's dialect out.

README.md beside this file is the map of the rooms; the front page is `conversation/fulfil.py`.
"""
