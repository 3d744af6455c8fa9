"""Rules for passwords, namespaces, places and images."""

from __future__ import annotations

import pytest

from chalicelib.domain.images import find_image_type
from chalicelib.domain.namespaces import find_namespace_problem
from chalicelib.domain.passwords import find_password_problem, hash_password, verify_password
from chalicelib.domain.places import is_country, is_time_zone


@pytest.mark.parametrize("name", ["abc", "a-b", "acme2", "1st", "a" * 40])
def test_a_dns_label_is_a_namespace(name: str) -> None:
    assert find_namespace_problem(name) is None


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 41, "-ab", "ab-", "a.b", "A12", "a_b", "abc\n", "xn--a", "www", "platform", "é12"]
)
def test_anything_else_is_not(name: str) -> None:
    assert find_namespace_problem(name) is not None


@pytest.mark.parametrize(
    "password",
    [
        "short1234",
        "x" * 201,
        "PASSWORD123",
        "aaaaaaaaaaaa",
        "1212121212",
        "ann.admin1@x.example",
        "ann.admin1",
        "acme-telecom",
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    assert find_password_problem(password, email="Ann.Admin1@x.example", namespace="acme-telecom") is not None


def test_a_long_sentence_is_a_password() -> None:
    assert find_password_problem("correct horse battery", email="a@x.example", namespace="acme") is None


def test_a_password_is_verified_against_its_hash_only() -> None:
    stored = hash_password("correct horse", salt=b"0123456789abcdef")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password("correct horse", stored)
    assert not verify_password("correct house", stored)
    assert not verify_password("", "")
    assert not verify_password("correct horse", "not a hash")


def test_places_exist_or_not() -> None:
    assert is_country("CH")
    assert is_country("AQ")
    assert not is_country("UK")
    assert not is_country("ch")
    assert is_time_zone("America/Argentina/Buenos_Aires")
    assert is_time_zone("UTC")
    assert not is_time_zone("../etc/passwd")
    assert not is_time_zone("localtime")


def test_images_are_known_by_their_first_bytes() -> None:
    assert find_image_type(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert find_image_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert find_image_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert find_image_type(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is None
    assert find_image_type(b"") is None
