"""What is applied to a cluster: valid, complete, and nothing in it that may more than it must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import kubernetes_validate
import pytest

from portal.services.webhooks import addresses
from tests.docker.documents import KUBERNETES, PINNED, Document, pods, read, rendered, selects, written

VERSION = "1.34"
OVERLAYS = ("small", "large")
MADE_BY_THE_OPERATOR = {"ayni", "ayni-registry", "ayni-owner", "ayni-database", "ayni-queue", "ayni-tls", "ayni-backup",
                        "ayni-restore"}
GENERATED = {"ayni-settings", "database-roles", "queue-config"}


@pytest.fixture(params=["as written", *OVERLAYS, "restore"])
def documents(request: pytest.FixtureRequest) -> tuple[Document, ...]:
    """Base and services as they are written, and each overlay as kustomize renders it."""
    if request.param == "as written":
        return written()
    return rendered(request.param)


@pytest.fixture(params=[*OVERLAYS, "restore"])
def overlay(request: pytest.FixtureRequest) -> tuple[Document, ...]:
    return rendered(request.param)


REFERENCES = {  # a key of a document → the kind of what it names
    "configMapRef": "ConfigMap", "configMap": "ConfigMap", "secretName": "Secret", "claimName": "PersistentVolumeClaim",
    "serviceAccountName": "ServiceAccount", "service": "Service", "scaleTargetRef": "Deployment",
}


def of(documents: tuple[Document, ...], kind: str) -> dict[str, Document]:
    return {one["metadata"]["name"]: one for one in documents if one["kind"] == kind}


def containers(documents: tuple[Document, ...]) -> Iterator[tuple[str, Document]]:
    return ((name, one) for name, pod in pods(documents) for one in pod["containers"])


def test_every_document_is_valid(documents: tuple[Document, ...]) -> None:
    assert len(documents) > 20
    for one in documents:
        kubernetes_validate.validate(one, VERSION, strict=True)


def test_a_document_that_is_not_is_found(documents: tuple[Document, ...]) -> None:
    broken = {**of(documents, "Deployment")["web"], "spec": {"replicas": "many"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSION, strict=True)


def test_no_pod_may_more_than_it_must(documents: tuple[Document, ...]) -> None:
    found = dict(pods(documents))
    assert {"Deployment/web", "Deployment/worker", "Job/migrate", "CronJob/backup"} <= set(found)
    for name, pod in found.items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] >= 999, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod), name
        assert not any("hostPath" in volume for volume in pod["volumes"]), name


def test_no_container_writes_where_nothing_is_mounted_or_gains_rights(documents: tuple[Document, ...]) -> None:
    for name, container in containers(documents):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }, name


def test_every_container_has_requests_and_limits(documents: tuple[Document, ...]) -> None:
    for name, container in containers(documents):
        assert {"cpu", "memory"} <= set(container["resources"]["requests"]), name
        assert {"cpu", "memory"} <= set(container["resources"]["limits"]), name


def test_what_runs_for_ever_is_watched(documents: tuple[Document, ...]) -> None:
    for name, container in containers(documents):
        if name.startswith(("Deployment/", "StatefulSet/")):
            assert "livenessProbe" in container, name
        if name in ("Deployment/web", "Deployment/worker", "StatefulSet/database", "StatefulSet/queue"):
            assert {"startupProbe", "readinessProbe"} <= set(container), name
    web = of(documents, "Deployment")["web"]["spec"]["template"]["spec"]["containers"][0]
    assert web["livenessProbe"]["httpGet"]["path"] == "/healthz"  # a database that is away restarts nobody
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_every_image_of_an_overlay_is_pinned(overlay: tuple[Document, ...]) -> None:
    images = {container["image"] for _, container in containers(overlay)}
    assert {image for image in images if not PINNED.fullmatch(image) or ":" not in image} == set()
    assert any(image.startswith("registry.example/ayni-web:") for image in images)


def test_no_secret_stands_in_a_document(documents: tuple[Document, ...]) -> None:
    assert of(documents, "Secret") == {}
    text = str(documents)
    assert not re.search(r"://[^/\s:@']+:[^/\s@']+@", text)  # a password in an address
    for _, container in containers(documents):
        for variable in container.get("env", []):
            assert variable["name"].endswith("_FILE") or not re.search("KEY|PASSWORD|TOKEN|_URL", variable["name"])


def references(value: Any) -> Iterator[tuple[str, str]]:
    """(kind, name) of everything a document refers to."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in REFERENCES:
                yield REFERENCES[key], one["name"] if isinstance(one, dict) else one
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(one)


def test_what_is_referred_to_is_there(documents: tuple[Document, ...]) -> None:
    there = {(one["kind"], re.sub(r"-[a-z0-9]{10}$", "", one["metadata"]["name"])) for one in documents}
    asked = {(kind, re.sub(r"-[a-z0-9]{10}$", "", name)) for kind, name in references(list(documents))}
    made = {("Secret", name) for name in MADE_BY_THE_OPERATOR} | {("ConfigMap", name) for name in GENERATED}
    assert len(asked) > 8
    assert asked - there - made == set()


def test_every_selector_finds_its_pods(documents: tuple[Document, ...]) -> None:
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in documents
              if one["kind"] in ("Deployment", "StatefulSet", "Job")]
    for kind in ("PodDisruptionBudget", "Service"):
        for name, one in of(documents, kind).items():
            selector = one["spec"].get("selector", {})
            wanted = selector.get("matchLabels", selector).items()
            assert name == "closed" or any(wanted <= found.items() for found in labels), name


def test_nothing_is_allowed_but_what_a_policy_names(documents: tuple[Document, ...]) -> None:
    policies = of(documents, "NetworkPolicy")
    assert policies["deny-all"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, one in policies.items():
        for rule in [*one["spec"].get("ingress", []), *one["spec"].get("egress", [])]:
            assert rule.get("from") or rule.get("to"), name
            assert rule["ports"], name


def goes(documents: tuple[Document, ...], name: str, address: str, port: int) -> bool:
    """May this workload connect to an address outside the cluster's own pods?"""
    (labels,) = [one["spec"]["template"]["metadata"]["labels"] for one in documents
                 if one["kind"] == "Deployment" and one["metadata"]["name"] == name]
    policies = [one["spec"] for one in of(documents, "NetworkPolicy").values()]
    rules = [rule for one in policies if selects(one["podSelector"], labels) for rule in one.get("egress", [])]
    blocks = [to["ipBlock"] for rule in rules if port in {one["port"] for one in rule["ports"]}
              for to in rule["to"] if "ipBlock" in to]
    there = ip_address(address)
    return any(there in ip_network(one["cidr"]) and not any(there in ip_network(no) for no in one.get("except", ()))
               for one in blocks)


PUBLIC = ("8.8.8.8", "93.184.215.14", "172.15.255.255", "172.32.0.0", "192.0.1.0", "198.20.0.0", "223.255.255.255")
PRIVATE = (
    "0.0.0.1", "10.0.0.1", "10.20.0.5", "100.64.0.1", "127.0.0.1", "169.254.169.254",  # a cloud's credentials
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::1", "fd00::1", "fe80::1",
)


def test_the_worker_reaches_webhooks_and_mail_and_nothing_private(documents: tuple[Document, ...]) -> None:
    for port in (443, 465, 587):
        assert {one: goes(documents, "worker", one, port) for one in PUBLIC} == dict.fromkeys(PUBLIC, True)
        assert {one: goes(documents, "worker", one, port) for one in PRIVATE} == dict.fromkeys(PRIVATE, False)
    assert not any(goes(documents, "worker", one, port) for one in PUBLIC for port in (22, 80, 5432, 6379, 8443))
    assert [addresses.may_reach(one) for one in (*PUBLIC, *PRIVATE)] == [True] * len(PUBLIC) + [False] * len(PRIVATE)


def test_who_tells_no_webhook_reaches_nobody(documents: tuple[Document, ...]) -> None:
    assert {port: goes(documents, "web", PUBLIC[0], port) for port in (443, 587)} == {443: False, 587: True}
    closed = ("solver", "trainer", "beat")
    assert not any(goes(documents, name, PUBLIC[0], port) for name in closed for port in (443, 465, 587))


def test_visitors_reach_the_pages_and_not_what_is_for_machines(documents: tuple[Document, ...]) -> None:
    paths = of(documents, "Ingress")["ayni"]["spec"]["rules"][0]["http"]["paths"]
    assert {one["path"]: one["backend"]["service"]["name"] for one in paths} == {
        "/": "web", "/metrics": "closed", "/readyz": "closed",
    }
    assert "selector" not in of(documents, "Service")["closed"]["spec"]


def test_the_ingress_writes_no_address_down(documents: tuple[Document, ...]) -> None:
    """One of them has the token of a password link in it."""
    assert of(documents, "Ingress")["ayni"]["metadata"]["annotations"][
        "nginx.ingress.kubernetes.io/enable-access-log"] == "false"


def test_what_grows_by_itself_names_no_number_of_its_own(overlay: tuple[Document, ...]) -> None:
    deployments = of(overlay, "Deployment")
    for one in of(overlay, "HorizontalPodAutoscaler").values():
        assert "replicas" not in deployments[one["spec"]["scaleTargetRef"]["name"]]["spec"]
        assert one["spec"]["minReplicas"] <= one["spec"]["maxReplicas"]


def test_the_large_overlay_keeps_its_database_elsewhere_and_is_larger() -> None:
    small, large = rendered("small"), rendered("large")
    assert set(of(small, "StatefulSet")) == {"database", "queue"}
    assert of(large, "StatefulSet") == {}
    most = [of(one, "HorizontalPodAutoscaler")["web"]["spec"]["maxReplicas"] for one in (small, large)]
    assert most[0] < most[1]


def test_the_schema_comes_before_the_version(documents: tuple[Document, ...]) -> None:
    """What delivery applies first, by its label, is all that the migration stands on."""
    before = [one for one in documents if one["metadata"].get("labels", {}).get("ayni/step") == "before"]
    kinds = {one["kind"] for one in before}
    assert {"Job", "PersistentVolumeClaim", "NetworkPolicy", "ServiceAccount"} <= kinds
    assert not {"Deployment", "Ingress", "CronJob"} & kinds


def test_where_delivery_comes_from_no_overlay_goes_unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with pytest.raises(pytest.fail.Exception, match="kustomize"):
        rendered.__wrapped__("small")


def test_a_restore_is_applied_by_nobody_but_who_asks_for_it() -> None:
    assert not any("restore" in dict(of(rendered(name), "Job")) for name in OVERLAYS)
    job = of(rendered("restore"), "Job")["restore"]
    assert job["metadata"]["labels"]["ayni/step"] == "restore"  # neither what comes before a version nor the version
    mine, backups = job["spec"]["template"]["spec"], of(rendered("restore"), "CronJob")["backup"]
    theirs = backups["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (here,), (there,) = mine["containers"], theirs["containers"]
    assert (here["image"], here["envFrom"], here["env"]) == (there["image"], there["envFrom"], there["env"])
    mounted = [one for one in here["volumeMounts"] if one["name"] != "opening"]
    assert mounted == there["volumeMounts"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_an_overlay_changes_is_there(name: str) -> None:
    """Without a kustomizer too: each patch finds a document of the base."""
    folder = KUBERNETES / "overlays" / name
    there = {(one["kind"], one["metadata"]["name"]) for one in written()}
    patches = read(folder / "kustomization.yaml")[0]["patches"]
    whole = [one for patch in patches if "path" in patch for one in read(folder / patch["path"])]
    assert {(one["kind"], one["metadata"]["name"]) for one in whole} <= there
    targets = [patch["target"] for patch in patches if "target" in patch]
    assert targets
    assert all(any(target["kind"] == kind and target.get("name", found) == found for kind, found in there)
               for target in targets)
