"""Arithmetic: frames in, figures and sentences out. Pure: no Flask, no database, no form engine."""
