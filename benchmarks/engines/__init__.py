"""The same decisions, each written as a good user of one tool would write them.

An engine has ``prepare`` (coded tables → the tool's own tables; not counted) and ``decide`` (those → the answer).
"""
