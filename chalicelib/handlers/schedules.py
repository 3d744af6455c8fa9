"""What the clock triggers: EventBridge for the deployed system, ``local/scheduler.py`` for the embedded one.

Each looks at what is due, not at how often it was called. A minute is EventBridge's finest rate. Items whose ``ttl``
has passed are removed by DynamoDB itself.
"""

from __future__ import annotations

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.workflows import check_ledgers as ledgers
from chalicelib.workflows.delete_ended_files import delete_ended_files
from chalicelib.workflows.expand_outbox import expand_outbox
from chalicelib.workflows.requeue_jobs import requeue_jobs

blueprint = Blueprint(__name__)

EVERY_MINUTE = Rate(1, unit=Rate.MINUTES)


@blueprint.schedule(EVERY_MINUTE, name="sweep_outbox")
def sweep_outbox(_event: CloudWatchEvent) -> int:
    """Changes too large for one transaction whose process ended before it had carried them on."""
    return expand_outbox()


@blueprint.schedule(EVERY_MINUTE, name="sweep_jobs")
def sweep_jobs(_event: CloudWatchEvent) -> int:
    """Jobs whose message was lost."""
    return requeue_jobs()


@blueprint.schedule(EVERY_MINUTE, name="delete_files")
def delete_files(_event: CloudWatchEvent) -> int:
    """Files whose time has passed, new passwords among them."""
    return delete_ended_files()


@blueprint.schedule(Rate(10, unit=Rate.MINUTES), name="check_ledgers")
def check_ledgers(_event: CloudWatchEvent) -> int:
    """A slice of the day's walk over all ledgers; nothing more once that is through."""
    return ledgers.check_ledgers()
