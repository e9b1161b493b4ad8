"""Tenants with followers: each change goes to the primary first, and then every follower is made equal to it, by state.

Marks say what a follower may lack, links who is who; both may vanish and cost look-ups. Nothing here decides what a
resource shall be: that is read from the primary when it is needed.
"""
