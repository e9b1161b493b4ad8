"""Carrying out a plan: generators that yield effects (`Call`, `Recall`, `Keep`, `Wait`, `Note`) and receive answers.

Nothing here awaits, opens a socket or reads a clock; what can be decided without an answer is decided by the pipeline.
"""
