"""A follower compared with the primary as a whole: all is read, paired, contrasted, told, and brought in step.

What the marks forgot is found here. Nobody is deleted whom no link proves to be ours.
"""
