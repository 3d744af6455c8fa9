"""What differs between deployments: one typed model per stage; a wrong value fails by name.

An operator gives values to the CDK as context (``-c stage=production -c domain=pbx.example.com``, or in ``cdk.json``);
what isn't given is the stage's default. Times in the names' units; nothing in here is secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

STAGES = ("dev", "staging", "production")
HOME_REGION = "us-east-1"  # where CloudFront wants its certificates
_DOMAIN = re.compile(r"(?=.{1,200}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+\Z")
_EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,255}\Z")


class ConfigError(ValueError):
    """A value can't be used; the message names its field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageConfig:
    """A field of the same name in the CDK's context replaces the stage's default. Empty means: none."""

    stage: str
    account: str = ""  # of twelve digits; empty: whatever account the credentials are of
    region: str = HOME_REGION
    domain: str  # of the platform: consoles at its top, the API at api., ISPs' namespaces below
    hosted_zone_id: str  # Route 53's id of the public zone of ``domain``, which exists already
    console_certificate_arn: str = ""  # in us-east-1, for ``domain``; needed when the stack is in another region
    alarm_email: str = ""  # who hears of alarms and of bounced mail
    keep_data: bool = True  # table, files and logs outlive the stack, and the table can't be deleted
    change_feed: bool = True  # false for one deployment, after a table was restored into its name: docs/deploy.md
    mail_trial: bool = False  # while SES is in its sandbox, where mail needs a right on its recipient's identity too
    log_days: int = 90
    api_memory_mb: int = 1024  # also the share of CPU: 1769 MB is one whole
    api_concurrency: int = 0  # reserved for the API's function; 0: what the account has left
    api_rate: int = 200  # requests a second of the whole API, in the long run
    api_burst: int = 400
    sbc_name: str = "sbc1"
    sbc_nodes: int = 2
    sbc_websocket_port: int = 8443
    sbc_instance_type: str = "c7a.medium"
    sbc_variant: str = "containers"  # ECS on EC2; or "instances": Debian with the same scripts, without containers
    sbc_started: bool = False  # once images (or keys alone, for instances) and enrolment keys are in their places
    sbc_release: str = "latest"  # the tag of both images
    sbc_lost_volumes: str = ""  # names of nodes, each as often as its volume was lost; it gets another, empty one
    sbc_drain_s: int = 3600  # how long a node that is stopped waits for calls in progress

    @property
    def name(self) -> str:
        """What resources with a name of their own begin with."""
        return f"patchbay-{self.stage}"

    @property
    def api_domain(self) -> str:
        return f"api.{self.domain}"

    @property
    def sbc_domain(self) -> str:
        """What phones are told to use; the nodes' own names lie below it."""
        return f"sip.{self.domain}"

    @property
    def websocket_origins(self) -> tuple[str, ...]:
        """Where browser phones may connect to (the consoles' Content-Security-Policy)."""
        return tuple(f"wss://{host}:{self.sbc_websocket_port}" for host in (self.sbc_domain, f"*.{self.sbc_domain}"))

    @property
    def certificate_email(self) -> str:
        """Of the account at the authority of the nodes' certificates."""
        return self.alarm_email or f"hostmaster@{self.domain}"

    @property
    def public_url(self) -> str:
        return f"https://{self.domain}"


_DEFAULTS: dict[str, dict[str, Any]] = {
    "dev": {"keep_data": False, "log_days": 7, "api_rate": 20, "api_burst": 40, "sbc_nodes": 1},
    "staging": {"keep_data": False, "log_days": 30},
    "production": {},
}
# What CloudWatch Logs can keep, in days.
_LOG_DAYS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
_CHECKS: dict[str, tuple[Callable[[Any], object], str]] = {
    "stage": (lambda value: value in STAGES, f"is one of {', '.join(STAGES)}"),
    "account": (re.compile(r"(\d{12})?\Z").match, "is an account's twelve digits, or empty"),
    "region": (re.compile(r"[a-z]{2}(-[a-z]+)+-\d\Z").match, "is a region such as us-east-1"),
    "domain": (_DOMAIN.match, "is a domain name in lower case, such as pbx.example.com"),
    "hosted_zone_id": (re.compile(r"Z[A-Z0-9]{5,31}\Z").match, "is Route 53's id of the domain's public zone"),
    "console_certificate_arn": (
        re.compile(r"(arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate/[0-9a-f-]+)?\Z").match,
        "is the ARN of a certificate in us-east-1, or empty",
    ),
    "alarm_email": (lambda value: value == "" or _EMAIL.match(value), "is an e-mail address, or empty"),
    "log_days": (lambda value: value in _LOG_DAYS, "is a number of days that CloudWatch Logs knows"),
    "api_memory_mb": (lambda value: 256 <= value <= 10240, "is between 256 and 10240"),
    "api_concurrency": (lambda value: 0 <= value <= 1000, "is between 0 and 1000"),
    "api_rate": (lambda value: 1 <= value <= 10000, "is between 1 and 10000"),
    "api_burst": (lambda value: 1 <= value <= 5000, "is between 1 and 5000"),
    "sbc_name": (re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\Z").match, "is a DNS label"),
    "sbc_nodes": (lambda value: 1 <= value <= 4, "is between 1 and 4"),
    "sbc_websocket_port": (lambda value: 1 <= value <= 65535, "is a port"),
    "sbc_variant": (lambda value: value in {"containers", "instances"}, "is containers or instances"),
    "sbc_release": (re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\Z").match, "is the tag of an image"),
    "sbc_lost_volumes": (re.compile(r"[a-d]*\Z").match, "is names of nodes, as b, or bb after the second time"),
    "sbc_drain_s": (lambda value: 0 <= value <= 7200, "is between 0 and 7200"),
    "sbc_instance_type": (  # no Graviton, as c7g: images are of amd64; and t3.micro's interfaces take two addresses
        re.compile(r"(?![a-z]+\d+g)(?!.*\.(nano|micro)\Z)[a-z0-9-]+\.[a-z0-9-]+\Z").match,
        "is an instance type of amd64, of small or larger, such as c7a.medium",
    ),
}


def load_config(given: Mapping[str, Any]) -> StageConfig:
    """The deployment's values: what is ``given`` over the stage's defaults. Raises ``ConfigError``.

    Other names in ``given`` are somebody else's (the CDK keeps its own settings there). Values may be text, as on a
    command line.
    """
    names = {field.name: str(field.type) for field in fields(StageConfig)}
    for needed in ("stage", "domain", "hosted_zone_id"):
        if not given.get(needed):
            raise ConfigError(f"{needed} is missing: it {_CHECKS[needed][1]}")
    values = {name: _typed(name, names[name], given[name]) for name in names if given.get(name) is not None}
    config = StageConfig(**{**_DEFAULTS.get(values["stage"], {}), **values})
    for name, (fits, meaning) in _CHECKS.items():
        if not fits(getattr(config, name)):
            raise ConfigError(f"{name} {meaning}; it was {getattr(config, name)!r}")
    if config.region != HOME_REGION and not config.console_certificate_arn:
        raise ConfigError(
            "console_certificate_arn is missing: outside us-east-1 the consoles' certificate is made before"
        )
    return config


def example_config(stage: str, **given: Any) -> StageConfig:
    """A complete one for checks: a domain that nobody can own (RFC 2606)."""
    base = load_config({"stage": stage, "domain": "pbx.example.net", "hosted_zone_id": "Z0123456789ABCDEFGHIJ"})
    return replace(base, **given)


def _typed(name: str, kind: str, value: Any) -> Any:
    if kind == "bool":
        known = {"true": True, "false": False}
        found = known.get(str(value).lower())
        if found is None:
            raise ConfigError(f"{name} is true or false; it was {value!r}")
        return found
    if kind == "int":
        try:
            return int(str(value))
        except ValueError:
            raise ConfigError(f"{name} is a whole number; it was {value!r}") from None
    return str(value)
