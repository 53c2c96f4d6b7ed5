"""Development tools of ISP Billing: set-up, databases, checks, demo and benchmarks."""
