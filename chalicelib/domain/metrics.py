"""Every metric that Patchbay sends to CloudWatch, by the API and by the hooks of the SBC nodes: nothing else is sent.

A series (a name with one set of dimension values) costs money each month it is sent in, so dimensions are few and never
name an ISP, a customer or a tenant: logs and call records answer for those. docs/operations.md says what each means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NAMESPACE = "Patchbay"
MAX_VALUES = 100  # of one metric in one line of the embedded metric format

Unit = Literal["Count", "Seconds", "Milliseconds"]
Source = Literal["api", "node"]

_STAGE = (("stage",),)
_BY_REASON = (("stage", "reason"),)
_PER_NODE = (("stage",), ("stage", "sbc", "node"))


@dataclass(frozen=True, slots=True)
class Metric:
    """``dimensions``: each set is a series of its own. ``always``: sent also when it is zero."""

    name: str
    source: Source
    unit: Unit
    dimensions: tuple[tuple[str, ...], ...] = _STAGE
    always: bool = False


_METRICS = (
    Metric("CdrsStored", "api", "Count"),
    Metric("CdrsDuplicate", "api", "Count"),
    Metric("CdrsRejected", "api", "Count"),
    Metric("CallsAnswered", "api", "Count"),
    Metric("CallsRefused", "api", "Count", _BY_REASON),
    Metric("TalkSeconds", "api", "Seconds"),
    Metric("PostDialDelay", "api", "Milliseconds"),
    Metric("RatingLag", "api", "Seconds"),
    Metric("UnratedLegs", "api", "Count"),
    Metric("LedgersChecked", "api", "Count", always=True),
    Metric("LedgerMismatch", "api", "Count", always=True),
    Metric("ChangesPublished", "api", "Count"),
    Metric("NodeQueuesMissing", "api", "Count"),
    Metric("NodeQueueFailures", "api", "Count"),
    Metric("NodeQueuesLeft", "api", "Count"),
    Metric("StreamRecordsSkipped", "api", "Count"),
    Metric("MigrationFailures", "api", "Count"),
    Metric("JobsFailed", "api", "Count"),
    Metric("MailsFailed", "api", "Count"),
    Metric("LiveCalls", "node", "Count", _PER_NODE, always=True),
    Metric("Registrations", "node", "Count", _PER_NODE, always=True),
    Metric("JournalDepth", "node", "Count", _PER_NODE, always=True),
    Metric("JournalAge", "node", "Seconds", always=True),
    Metric("Routes", "node", "Count", always=True),
    Metric("RouteLatency", "node", "Milliseconds"),
    Metric("RoutesRefused", "node", "Count", _BY_REASON),
    Metric("UploadFailures", "node", "Count"),
    Metric("RejectedCdrs", "node", "Count"),
    Metric("EstimatedEnds", "node", "Count"),
    Metric("DeadMedia", "node", "Count"),
    Metric("FeedFailures", "node", "Count"),
    Metric("RejectedParts", "node", "Count"),
    Metric("PeersSilent", "node", "Count"),
)

METRICS = {metric.name: metric for metric in _METRICS}
