"""What a usable table looks like: Great Expectations suites as code; the one door to Great Expectations."""
