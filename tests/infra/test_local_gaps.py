"""What is changed for the local cloud, and that nothing else is."""

from __future__ import annotations

import copy
import json
from typing import Any

from infra.checks.local_gaps import BINARY_TYPES, fit

Json = dict[str, Any]


def a_template(**resources: Json) -> Json:
    return {"Resources": {name: {"Type": "AWS::X::Y", "Properties": {}} | one for name, one in resources.items()}}


def a_statement(*actions: str, resource: str = "arn:one", **fields: Any) -> Json:
    return {"Action": list(actions), "Effect": "Allow", "Resource": resource} | fields


def a_policy(kind: str, *statements: Json) -> Json:
    return {"Type": kind, "Properties": {"PolicyDocument": {"Statement": list(statements)}}}


def test_what_the_cloud_can_make_is_left_as_it_is() -> None:
    template = a_template(A={}, B={"Properties": {"Of": {"Ref": "A"}}, "DependsOn": ["A"]})
    before = copy.deepcopy(template)

    fitted, changed = fit(template, port=1)

    assert fitted["Resources"] == before["Resources"]
    assert changed == {}


def test_a_type_that_it_can_not_make_goes_with_all_that_refers_to_it() -> None:
    template = a_template(
        Gone={"Type": "AWS::New::Thing"},
        Refers={"Properties": {"Deep": [{"Fn::GetAtt": ["Gone", "Arn"]}]}},
        Names={"Properties": {"Text": {"Fn::Sub": "x ${Refers.Name} y"}}},
        Waits={"DependsOn": ["Gone", "Stays"]},
        Stays={},
    )
    template["Outputs"] = {"Of": {"Value": {"Ref": "Gone"}}, "Other": {"Value": {"Ref": "Stays"}}}

    fitted, changed = fit(template, port=1, unknown={"AWS::New::Thing"})

    assert set(fitted["Resources"]) == {"Waits", "Stays"}
    assert fitted["Resources"]["Waits"]["DependsOn"] == ["Stays"]
    assert set(fitted["Outputs"]) == {"Other"}
    assert set(changed) == {"Gone", "Refers", "Names"}
    assert changed["Refers"] == changed["Names"] == "refers, at once or by others, to AWS::New::Thing"


def test_only_who_asks_for_an_attribute_that_is_not_there_goes() -> None:
    template = a_template(
        Identity={"Type": "AWS::SES::EmailIdentity"},
        Record={"Properties": {"Name": {"Fn::GetAtt": ["Identity", "DkimDNSTokenName1"]}}},
        Other={"Properties": {"Name": {"Ref": "Identity"}}},
    )

    fitted, _ = fit(template, port=1)

    assert set(fitted["Resources"]) == {"Identity", "Other"}


def test_denials_without_tls_go_and_other_statements_stay() -> None:
    denied = a_statement("s3:*", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
    allowed = a_statement("s3:GetObject")
    template = a_template(
        Both=a_policy("AWS::S3::BucketPolicy", denied, allowed),
        One=a_policy("AWS::SQS::QueuePolicy", denied),
        After={"DependsOn": ["One"]},
    )

    fitted, changed = fit(template, port=1)

    assert fitted["Resources"]["Both"]["Properties"]["PolicyDocument"]["Statement"] == [allowed]
    assert set(fitted["Resources"]) == {"Both", "After"}
    assert "DependsOn" not in fitted["Resources"]["After"]
    assert set(changed) == {"Both", "One"}


def test_a_role_gets_no_more_than_what_is_listed() -> None:
    statements = [a_statement("ses:SendEmail"), a_statement("sqs:SendMessage"), a_statement("s3:GetObject")]
    template = a_template(Role=a_policy("AWS::IAM::Policy", *statements))

    fitted, changed = fit(template, port=1)

    found = fitted["Resources"]["Role"]["Properties"]["PolicyDocument"]["Statement"]
    assert [(one["Action"], one["Resource"]) for one in found] == [
        (["ses:SendEmail"], "*"),
        (["sqs:SendMessage", "sqs:SendMessageBatch"], "arn:one"),
        (["s3:GetObject"], "arn:one"),
    ]
    assert set(changed) == {"Role"}


def test_the_consoles_reach_the_api_by_loopback() -> None:
    origin = {"DomainName": "api.example.net", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    files = {"DomainName": "bucket", "S3OriginConfig": {}}
    template = a_template(
        Api={"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {BINARY_TYPES: ["image/png"]}}},
        Live={"Type": "AWS::ApiGateway::Stage"},
        Cdn={
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {"DistributionConfig": {"Origins": [origin, dict(files)]}},
        },
    )

    fitted, changed = fit(template, port=4567)

    [api, bucket] = fitted["Resources"]["Cdn"]["Properties"]["DistributionConfig"]["Origins"]
    assert (api["DomainName"], api["CustomOriginConfig"]["HTTPPort"]) == ("127.0.0.1", 4567)
    assert json.dumps(api["OriginPath"]).count("Ref") == 2
    assert bucket == files
    assert fitted["Resources"]["Api"]["Properties"]["BinaryMediaTypes"] == ["image/png"]
    assert set(changed) == {"Api", "Cdn"}
