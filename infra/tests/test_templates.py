"""What the stages' templates say, as CloudFormation would read them. In the virtualenv of the CDK:

``.venv-infra/bin/python -m pytest infra/tests``
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.errors import CATALOGUE
from chalicelib.domain.namespaces import find_namespace_problem
from chalicelib.storage.schema import table_definition
from infra.alarms import ALARMS, LOG_METRICS, description_of
from infra.application import read_application
from infra.config import STAGES, ConfigError, example_config, load_config
from infra.dashboard import DASHBOARDS
from infra.log_groups import NODE_PROGRAMS, node_log_group
from infra.policies import FUNCTIONS
from infra.queries import QUERIES
from infra.synth import BUILD, synthesise_built

Json = dict[str, Any]
Find = Callable[..., list[Json]]


@pytest.fixture(scope="session", params=STAGES)
def find(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Find:
    """Resources of one type in a stage's template."""
    stage = request.param
    template = json.loads(synthesise_built(example_config(stage), tmp_path_factory.mktemp(stage)).read_text())

    def find(kind: str, **properties: Any) -> list[Json]:
        found = [one for one in template["Resources"].values() if one["Type"] == kind]
        return [one for one in found if all(one["Properties"].get(key) == value for key, value in properties.items())]

    return find


def test_the_table_has_the_keys_that_the_code_uses(find: Find) -> None:
    [table] = find("AWS::DynamoDB::Table")
    made = table["Properties"]

    wanted = table_definition(made["TableName"])

    assert made["KeySchema"] == wanted["KeySchema"]
    assert made["GlobalSecondaryIndexes"] == wanted["GlobalSecondaryIndexes"]
    assert made["BillingMode"] == wanted["BillingMode"]
    by_name = {one["AttributeName"]: one["AttributeType"] for one in made["AttributeDefinitions"]}
    assert by_name == {one["AttributeName"]: one["AttributeType"] for one in wanted["AttributeDefinitions"]}
    assert made["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert made["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert made["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_only_what_keeps_data_can_not_be_deleted(find: Find) -> None:
    [table] = find("AWS::DynamoDB::Table")
    kept = example_config(table["Properties"]["TableName"].removeprefix("patchbay-")).keep_data

    assert table["Properties"]["DeletionProtectionEnabled"] is kept
    # "ExceptOnCreate": a first deployment that fails leaves nothing behind that is in the way of the second
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == (
        ("RetainExceptOnCreate", "Retain") if kept else ("Delete", "Delete")
    )


def test_what_has_a_name_of_its_own_is_in_no_second_deployments_way(find: Find) -> None:
    named = [
        *find("AWS::Logs::LogGroup"), *find("AWS::ECR::Repository"), *find("AWS::SQS::Queue"),
        *find("AWS::SecretsManager::Secret"),
    ]  # fmt: skip

    assert len(named) > 10
    assert [one for one in named if one.get("DeletionPolicy") == "Retain"] == []


def test_every_route_of_the_application_is_in_the_api_and_nothing_else(find: Find) -> None:
    [api] = find("AWS::ApiGateway::RestApi")

    described = {
        path: sorted(method.upper() for method in one) for path, one in api["Properties"]["Body"]["paths"].items()
    }

    assert described == read_application(BUILD).routes


def test_the_api_stays_below_what_api_gateway_takes(find: Find) -> None:
    """300 resources an API is the quota; a resource is each beginning of a path."""
    [api] = find("AWS::ApiGateway::RestApi")
    parts = [path.strip("/").split("/") for path in api["Properties"]["Body"]["paths"]]

    resources = {tuple(one[:length]) for one in parts for length in range(1, len(one) + 1)}

    assert len(resources) < 300
    assert len(json.dumps(api)) < 500_000  # of the megabyte of a template


def test_an_import_of_the_api_has_nothing_that_api_gateway_warns_of(find: Find) -> None:
    """Its "known issues": no default response, parameters of a path told, one name at one place."""
    [api] = find("AWS::ApiGateway::RestApi")

    names: dict[str, str] = {}
    for path, methods in api["Properties"]["Body"]["paths"].items():
        inside = re.findall(r"{(\w+)}", path)
        for operation in methods.values():
            assert [one["name"] for one in operation.get("parameters", ())] == inside
            assert all(re.fullmatch(r"\d{3}", status) for status in operation["responses"])
        for found in re.finditer(r"{(\w+)}", path):
            assert names.setdefault(path[: found.start()], found[1]) == found[1], path


def test_metrics_that_cost_for_each_method_are_off(find: Find) -> None:
    [stage] = find("AWS::ApiGateway::Stage")

    assert [one["MetricsEnabled"] for one in stage["Properties"]["MethodSettings"]] == [False]


def test_what_the_gateway_answers_by_itself_is_a_problem_of_the_catalogue(find: Find) -> None:
    [api] = find("AWS::ApiGateway::RestApi")

    for kind, answer in api["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"].items():
        text = answer["responseTemplates"]["application/json"]
        assert set(re.findall(r"\$[\w.]+", text)) <= {"$context.error.responseType"}, "what AWS documents for these"
        problem = json.loads(text)
        assert problem.get("status") == answer.get("statusCode")
        wanted = CATALOGUE[problem["code"]].status
        assert problem["code"] == "try_again" or answer.get("statusCode", wanted) == wanted, kind
        assert answer["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"


def test_names_that_the_stack_uses_can_be_no_isps(find: Find) -> None:
    domain = example_config("dev").domain
    names = {str(one["Properties"]["Name"]).rstrip(".") for one in find("AWS::Route53::RecordSet")}
    below = {name.removesuffix(f".{domain}") for name in names if name.endswith(f".{domain}")}

    assert {"api", "mail", "sip"} <= {name.split(".")[-1] for name in below}
    labels = {name.split(".")[-1] for name in below if not name.split(".")[-1].startswith("_")}
    assert {label for label in labels if find_namespace_problem(label) is None} == set()


def test_every_handler_of_the_application_has_a_function_with_its_own_role_and_log(find: Find) -> None:
    functions = [one["Properties"] for one in find("AWS::Lambda::Function")]
    handlers = {one["Handler"] for one in functions}

    assert handlers == {"app.app", *(source.handler for source in read_application(BUILD).sources)}
    assert len({json.dumps(one["Role"]) for one in functions}) == len(functions)
    assert len({json.dumps(one["LoggingConfig"]) for one in functions}) == len(functions)
    assert all(one["TracingConfig"] == {"Mode": "Active"} for one in functions)
    assert {one["FunctionName"].split("-", 2)[2] for one in functions} == set(FUNCTIONS)


def test_logs_stay_as_long_as_the_stage_says_and_no_longer(find: Find) -> None:
    kept = example_config(_of_stage(find).removeprefix("patchbay-")).log_days

    groups = find("AWS::Logs::LogGroup")

    assert groups
    assert {one["Properties"].get("RetentionInDays") for one in groups} == {kept}


def test_api_gateway_finds_the_log_of_its_errors_made_already(find: Find) -> None:
    """It would make it itself, to be kept for ever, once the stage is there."""
    [stage] = find("AWS::ApiGateway::Stage")
    named = [one for one in find("AWS::Logs::LogGroup") if "Execution-Logs" in json.dumps(one["Properties"])]

    assert len(named) == 1
    assert any(name.startswith("ApiErrors") for name in stage["DependsOn"])
    assert named[0]["Properties"]["LogGroupName"]["Fn::Join"][1][0] == "API-Gateway-Execution-Logs_"


def test_what_consumers_give_up_is_kept_somewhere(find: Find) -> None:
    queues = {
        json.dumps(one["Properties"]["QueueName"]): one
        for one in find("AWS::SQS::Queue")
        if "QueueName" in one["Properties"]
    }
    sources = find("AWS::Lambda::EventSourceMapping")

    assert len(sources) == 2
    for source in (one["Properties"] for one in sources):
        assert "ReportBatchItemFailures" in source["FunctionResponseTypes"]
        if "FilterCriteria" in source:  # the stream
            assert source["DestinationConfig"]["OnFailure"]["Destination"]
        else:
            assert [one for one in queues.values() if "RedrivePolicy" in one["Properties"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stage", "test"), ("domain", "Example.com"), ("domain", "nodots"), ("hosted_zone_id", "x"), ("region", "here"),
        ("account", "12"), ("log_days", "8"), ("keep_data", "perhaps"), ("api_memory_mb", "much"), ("alarm_email", "x"),
        ("console_certificate_arn", "arn:x"), ("sbc_nodes", "0"), ("sbc_instance_type", "large"), ("api_rate", "0"),
        ("sbc_instance_type", "c7g.medium"), ("sbc_instance_type", "t3.micro"), ("sbc_lost_volumes", "sbc1-b"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_the_name_of_its_field(field: str, value: str) -> None:
    given = {"stage": "dev", "domain": "pbx.example.net", "hosted_zone_id": "Z0123456789"} | {field: value}

    with pytest.raises(ConfigError, match=f"^{field} "):
        load_config(given)


@pytest.mark.parametrize("field", ["stage", "domain", "hosted_zone_id"])
def test_what_is_needed_is_asked_for_by_name(field: str) -> None:
    given = {"stage": "dev", "domain": "pbx.example.net", "hosted_zone_id": "Z0123456789"}

    with pytest.raises(ConfigError, match=f"^{field} is missing"):
        load_config({key: value for key, value in given.items() if key != field})


def test_outside_of_us_east_1_the_consoles_certificate_is_asked_for() -> None:
    given = {"stage": "dev", "domain": "pbx.example.net", "hosted_zone_id": "Z0123456789", "region": "eu-central-1"}

    with pytest.raises(ConfigError, match=r"^console_certificate_arn is missing"):
        load_config(given)


def test_values_of_a_command_line_become_typed() -> None:
    config = load_config(
        {"stage": "production", "domain": "pbx.example.net", "hosted_zone_id": "Z0123456789", "keep_data": "false",
         "log_days": "30", "@aws-cdk/core:anything": True}
    )  # fmt: skip

    assert (config.keep_data, config.log_days, config.api_domain) == (False, 30, "api.pbx.example.net")


def test_another_region_takes_the_certificate_that_was_made_before(tmp_path: Path) -> None:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b"
    config = example_config("staging", region="eu-central-1", console_certificate_arn=arn)

    template = json.loads(synthesise_built(config, tmp_path).read_text())

    [cdn] = [one for one in template["Resources"].values() if one["Type"] == "AWS::CloudFront::Distribution"]
    assert cdn["Properties"]["DistributionConfig"]["ViewerCertificate"]["AcmCertificateArn"] == arn
    policies = json.dumps([one for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Policy"])
    assert "eu-central-1" in policies
    assert "us-east-1" not in policies


def test_names_at_cloudfront_leave_room_for_the_same_stage_in_another_region(find: Find) -> None:
    named = [
        *(one["Properties"]["Name"] for one in find("AWS::CloudFront::Function")),
        *(
            one["Properties"]["OriginAccessControlConfig"]["Name"]
            for one in find("AWS::CloudFront::OriginAccessControl")
        ),
        *(
            one["Properties"]["ResponseHeadersPolicyConfig"]["Name"]
            for one in find("AWS::CloudFront::ResponseHeadersPolicy")
        ),
    ]

    assert len(named) == 4
    assert [name for name in named if "us-east-1" not in name] == []


def test_only_a_trial_of_mail_may_send_as_far_as_any_identity(find: Find, tmp_path: Path) -> None:
    template = json.loads(synthesise_built(example_config("dev", mail_trial=True), tmp_path).read_text())

    def identities(policies: list[Json]) -> set[str]:
        return set(re.findall(r":identity/([^\"]+)", json.dumps(policies)))

    assert identities(find("AWS::IAM::Policy")) == {"pbx.example.net"}
    assert identities([one for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Policy"]) == {"*"}


def test_a_deployment_without_the_change_feed_makes_way_for_the_stream_of_a_restored_table(tmp_path: Path) -> None:
    template = json.loads(synthesise_built(example_config("production", change_feed=False), tmp_path).read_text())

    resources = template["Resources"].values()
    [table] = [one["Properties"] for one in resources if one["Type"] == "AWS::DynamoDB::Table"]
    sources = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::EventSourceMapping"]
    assert "StreamSpecification" not in table
    assert ["FilterCriteria" in one for one in sources] == [False]  # the work queue's alone
    assert "StreamArn" not in json.dumps(template)
    assert {
        one["Properties"]["FunctionName"].split("-", 2)[2] for one in resources if "Handler" in one["Properties"]
    } == (set(FUNCTIONS))


def test_what_was_built_is_what_is_deployed(tmp_path: Path) -> None:
    template = synthesise_built(example_config("dev"), tmp_path)

    assets = json.loads((tmp_path / "patchbay-dev.assets.json").read_text())["files"].values()

    [package] = [one for one in assets if one["source"]["path"].endswith(".zip")]
    assert (template.parent / package["source"]["path"]).read_bytes() == (BUILD / "package-arm64.zip").read_bytes()


def test_every_alarm_is_there_and_tells_its_topic_with_the_way_to_its_paragraph(find: Find) -> None:
    [topic] = find("AWS::SNS::Topic", TopicName=_of_stage(find, "alarms"))
    made = {one["Properties"]["AlarmName"]: one["Properties"] for one in find("AWS::CloudWatch::Alarm")}

    assert topic["Properties"]
    assert sorted(made) == sorted(_of_stage(find, alarm.name) for alarm in ALARMS)
    for alarm in ALARMS:
        properties = made[_of_stage(find, alarm.name)]
        assert properties["AlarmDescription"] == description_of(alarm)
        assert properties["TreatMissingData"] == alarm.missing
        [action] = properties["AlarmActions"]
        assert action["Ref"].startswith("ObservabilityAlarms")
        assert properties["OKActions"] == [action]


def test_what_an_alarm_takes_from_lines_is_counted_in_the_log_of_their_program(find: Find) -> None:
    filters = [one["Properties"] for one in find("AWS::Logs::MetricFilter")]
    made = {one["Properties"]["AlarmName"]: one["Properties"] for one in find("AWS::CloudWatch::Alarm")}

    assert [one["FilterPattern"] for one in filters] == [f'"{counted.phrase}"' for counted in LOG_METRICS]
    for one, counted in zip(filters, LOG_METRICS, strict=True):
        [told] = one["MetricTransformations"]
        alarm = made[_of_stage(find, counted.name)]
        assert (told["MetricNamespace"], told["MetricName"]) == (alarm["Namespace"], alarm["MetricName"])
        assert told["MetricNamespace"].endswith(_of_stage(find).removeprefix("patchbay-"))
        assert one["LogGroupName"]["Ref"].startswith(f"NodeLogs{counted.program}")


def test_alarms_and_ses_may_tell_their_topics(find: Find) -> None:
    """A policy of our own takes the place of SNS' own, which lets any service of the account publish."""
    policies = [one["Properties"]["PolicyDocument"]["Statement"] for one in find("AWS::SNS::TopicPolicy")]

    allowed = [
        one["Principal"]["Service"]
        for statements in policies
        for one in statements
        if one["Effect"] == "Allow" and one["Action"] == "sns:Publish"
    ]
    assert sorted(allowed) == ["cloudwatch.amazonaws.com", "ses.amazonaws.com"]
    assert len(policies) == len(find("AWS::SNS::Topic")) == 2


def test_saved_queries_and_dashboards_are_of_log_groups_and_names_of_the_stage(find: Find) -> None:
    queries = [one["Properties"] for one in find("AWS::Logs::QueryDefinition")]
    groups = [one["Properties"]["LogGroupName"] for one in find("AWS::Logs::LogGroup")]
    dashboards = {one["Properties"]["DashboardName"] for one in find("AWS::CloudWatch::Dashboard")}

    assert {one["Name"] for one in queries} == {f"{_of_stage(find)}/{query.name}" for query in QUERIES}
    assert all(one["LogGroupNames"] for one in queries)
    assert dashboards == {_of_stage(find, name) for name in DASHBOARDS}
    assert {node_log_group(_of_stage(find), program) for program in NODE_PROGRAMS} <= {
        one for one in groups if isinstance(one, str)
    }


def _of_stage(find: Find, *more: str) -> str:
    [table] = find("AWS::DynamoDB::Table")
    return "-".join((table["Properties"]["TableName"], *more))
