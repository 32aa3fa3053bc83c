"""Whatever a caller says, a question goes to the host that the flow names."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ivr.flow.step_schema import Call

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "address",
    ["{env.CRM}", "{env.CRM}/bills/{account}", "https://crm.example:8443/{account}", "http://{env.HOST}:80/?a={a}"],
)
def test_an_address_of_one_host_is_taken(address):
    assert Call(get=address, failed="sorry").get == address


@pytest.mark.parametrize(
    "address", ["{env.CRM}{account}", "https://{account}.crm.example/", "{url}", "crm.example/bills", "ftp://crm/"]
)
def test_an_address_whose_host_a_value_could_change_is_refused_with_the_mend(address):
    with pytest.raises(ValidationError, match=r"begin it with `\{env\.NAME\}/`"):
        Call(post=address, failed="sorry")
