"""Returned forms: those that must pass, those with one fault that must fail, and what nobody would think of."""
