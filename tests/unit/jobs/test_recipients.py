"""What is an address of a recipient, and what is refused with the reason."""

import pytest
from pydantic import TypeAdapter, ValidationError

from jobs.recipients import MAX_RECIPIENTS, Recipients

RECIPIENTS: TypeAdapter[tuple[str, ...]] = TypeAdapter(Recipients)


@pytest.mark.parametrize(
    "address", ["ann@example.org", "a.b+c@mail.example.org", "x@localhost", "o'neil@xn--4ca.example"]
)
def test_an_address_is_accepted_as_it_is(address: str) -> None:
    assert RECIPIENTS.validate_python([address]) == (address,)


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["ann"], "'ann' is no address such as ann@example.org"),
        (["ann@"], "is no address"),
        (["Ann <ann@example.org>"], "is no address"),
        (["ann@example.org, bob@example.org"], "is no address"),
        (["ann@example.org\nBcc: eve@example.org"], "is no address"),
        (["ann@example..org"], "is no address"),
        (["ann..b@example.org"], "is no address"),
        (["ann@" + "a." * 130 + "org"], "is no address"),
        (["ann@müller.example"], "write a domain with other letters as xn--…"),
        (["ann@example.org", "Ann@example.org"], "is there twice"),
        (["ann@example.org"] * (MAX_RECIPIENTS + 1), "at most 20 items"),
    ],
)
def test_what_is_no_address_is_refused(addresses: list[str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        RECIPIENTS.validate_python(addresses)
