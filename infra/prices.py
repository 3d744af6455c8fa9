"""AWS list prices in US dollars, us-east-1, without free tiers and discounts, as published on ``AS_OF``.

A price that changes is changed here, with the date; ``python -m infra.cost --write`` makes docs/cost.md anew.
"""

from __future__ import annotations

AS_OF = "2025-11-01"
REGION = "us-east-1"

HOURS = 730  # of a month, as AWS counts
MILLION = 1_000_000

LAMBDA_REQUESTS = 0.20 / MILLION
LAMBDA_GB_S = 0.0000166667
API_REQUESTS = 3.50 / MILLION  # REST API, the first 333 million a month
WRITE_UNITS = 0.625 / MILLION  # DynamoDB on demand
READ_UNITS = 0.125 / MILLION
TABLE_GB_MONTH = 0.25
BACKUP_GB_MONTH = 0.20  # point-in-time recovery
SQS_REQUESTS = 0.40 / MILLION
S3_GB_MONTH = 0.023
CLOUDFRONT_GB = 0.085
CLOUDFRONT_REQUESTS = 1.00 / MILLION
MAILS = 0.10 / 1000
SECRET_MONTH = 0.40
KEY_MONTH = 1.00  # of KMS
LOGS_GB = 0.50  # taken in; a month's keep is small beside it
METRIC_MONTH = 0.30
ALARM_MONTH = 0.10
DASHBOARD_MONTH = 3.00
TRACES = 5.00 / MILLION  # of X-Ray
ZONE_MONTH = 0.50
TRANSFER_GB = ((10_240, 0.09), (51_200, 0.085), (153_600, 0.07), (float("inf"), 0.05))  # out to the internet, in tiers
ADDRESS_HOUR = 0.005  # a public IPv4 address
VOLUME_GB_MONTH = 0.08  # gp3

#: EC2 on demand, Linux: dollars an hour, and how many calls the media of one carries at once. rtpengine was measured
#: at some 300 calls a core; a virtual CPU of c7a is a core, one of t3 half of one; a fifth stays free. t3.small earns a
#: fifth of its two virtual CPUs for good. None is larger: a node has RTP ports for some 1,190 calls (sbc_plan.py).
INSTANCES = {
    "t3.small": (0.0208, 50),
    "c7a.medium": (0.05132, 240),
    "c7a.large": (0.10264, 480),
    "c7a.xlarge": (0.20528, 960),
}


def transfer(gigabytes: float) -> float:
    """Dollars for what goes out to the internet in a month."""
    dollars, below = 0.0, 0.0
    for limit, price in TRANSFER_GB:
        dollars += max(0.0, min(gigabytes, limit) - below) * price
        below = limit
    return dollars
