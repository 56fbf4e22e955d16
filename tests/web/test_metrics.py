"""Metrics: for whoever has the token, or for this machine alone."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a-long-token-of-the-operator"


def test_metrics_are_what_prometheus_reads(one_house: Any) -> None:
    answer = one_house.client().get("/metrics")
    assert answer.status_code == 200
    [family] = text_string_to_metric_families(answer.text)
    assert (family.name, family.samples[0].value) == ("texts", 3)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_without_a_token_only_this_machine_may_look(one_house: Any, header: str) -> None:
    client = one_house.client()
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/metrics", environ_base=elsewhere).status_code == 401
    through_a_proxy_here = client.get("/metrics", headers={header: "192.0.2.1"})
    assert through_a_proxy_here.status_code == 401


def test_with_a_token_only_the_token_counts(one_house: Any) -> None:
    client = one_house.client(TOKEN)
    assert client.get("/metrics").status_code == 401
    for wrong in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00e9"):
        given = {"Authorization": wrong}
        assert client.get("/metrics", headers=given).status_code == 401
    right = {"Authorization": f"Bearer {TOKEN}"}
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/metrics", headers=right, environ_base=elsewhere).status_code == 200


def test_a_refusal_tells_nothing(one_house: Any) -> None:
    answer = one_house.client(TOKEN).get("/metrics")
    assert "texts" not in answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"
