"""Speed and weight, run by hand: ratios in one run, never a verdict."""
