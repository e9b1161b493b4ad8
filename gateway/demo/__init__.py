"""The demo: pretend vendors behind one real gateway, and an identity provider's life cycle driven through each of them.

It lives on real HTTP and shows what it sees; it decides nothing about requests and knows no lens.
"""
