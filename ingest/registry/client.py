"""A Confluent-compatible schema registry over HTTP.

`tributary tables import` reads it, and `tributary doctor` asks whether it answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self, cast
from urllib.parse import SplitResult, urlsplit

from ingest.errors import IngestError
from ingest.registry.model import Kind, Registered, one_line

_SECONDS, _RETRIES = 15.0, 1
_MOST_REFERENCES = 200


class NotLetIn(IngestError):
    """A registry does not accept the credentials."""


class RegistryAway(IngestError):
    """A registry does not answer here, whatever it might do elsewhere."""


@dataclass(frozen=True, slots=True)
class RegistryEndpoint:
    """How a registry is reached.

    Attributes:
        url: Its base address, without credentials.
        user_info: `user:password`, where it wants basic authentication.
        token: A bearer token, where it wants one.
    """

    url: str
    user_info: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        parts = _parts(self.url)
        if parts is None:
            raise IngestError(
                "The schema registry's address is no http or https address.",
                hint="Write it as https://host:port.",
            )
        if parts.username or parts.password or parts.query:
            raise IngestError(
                f"The address of the schema registry {parts.hostname} holds credentials.",
                hint="Take them out, and set SCHEMA_REGISTRY_AUTH to user:password.",
            )
        if self.user_info and ":" not in self.user_info:
            raise IngestError(
                f"The credentials for the schema registry {parts.hostname} have no colon.",
                hint="Set SCHEMA_REGISTRY_AUTH to user:password.",
            )

    @property
    def host(self) -> str:
        """Host and port, as messages say them."""
        return urlsplit(self.url).netloc


def _parts(url: str) -> SplitResult | None:
    """What an address is made of; None where it is none of the web."""
    with suppress(ValueError):  # such as a port that is no number, or `[` without an end
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    return None


class Registry(Protocol):
    """What is asked of a registry."""

    def subjects(self) -> list[str]:
        """The names of all subjects, sorted."""
        ...

    def version(self, subject: str, number: int | None = None) -> Registered:
        """A version of a subject with the schemas that it refers to; the latest where None."""
        ...


class HttpRegistry(AbstractContextManager["HttpRegistry"]):
    """A registry; nothing is sent before the first question.

    Every method raises `IngestError` where the registry cannot be reached, refuses, or sends
    something else; `RegistryAway` and `NotLetIn` are the first two of these.

    Args:
        endpoint: How it is reached.
        seconds: How long an answer may take.
        retries: How often a request that failed is sent again.
    """

    def __init__(
        self, endpoint: RegistryEndpoint, *, seconds: float = _SECONDS, retries: int = _RETRIES
    ) -> None:
        from confluent_kafka.schema_registry import SchemaRegistryClient  # noqa: PLC0415 - slow

        self._endpoint = endpoint
        with _client_errors(endpoint):
            options = _configuration(endpoint) | {"timeout": seconds, "max.retries": retries}
            self._client = SchemaRegistryClient(options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def subjects(self) -> list[str]:
        """The names of all subjects, sorted."""
        with _client_errors(self._endpoint):
            return sorted(map(str, self._client.get_subjects()))

    def version(self, subject: str, number: int | None = None) -> Registered:
        """A version of a subject with the schemas that it refers to.

        Args:
            subject: Its name.
            number: The version, deleted or not; the latest that is not deleted where None.
        """
        with _client_errors(self._endpoint, subject):
            asked: int | Literal["latest"] = "latest" if number is None else number
            found = self._client.get_version(subject, asked, deleted=number is not None)
            schema, kind = found.schema, found.schema.schema_type or "AVRO"
            if schema.schema_str is None or found.version is None or found.schema_id is None:
                raise ValueError("incomplete")
            return Registered(
                subject=subject,
                version=int(found.version),
                id=int(found.schema_id),
                kind=cast("Kind", kind.upper()),
                text=_readable(schema.schema_str, kind),
                references=tuple(self._references(schema.references, {}).items()),
            )

    def _references(self, references: Any, known: dict[str, str]) -> dict[str, str]:
        """The texts of references by name, each behind those that it refers to itself."""
        for one in references or ():
            if one.name in known:
                continue
            if len(known) >= _MOST_REFERENCES:
                raise ValueError("too many references")
            known[one.name] = ""  # a circle ends here
            found = self._client.get_version(one.subject, one.version, deleted=True).schema
            self._references(found.references, known)
            del known[one.name]
            known[one.name] = found.schema_str or ""
        return known


def _readable(text: str, kind: str) -> str:
    # The registry hands a bare Avro type over as its name, which is no JSON.
    if kind.upper() == "AVRO" and not text.lstrip().startswith(("{", "[", '"')):
        return json.dumps(text.strip())
    return text


def _configuration(endpoint: RegistryEndpoint) -> dict[str, Any]:
    return {
        "url": endpoint.url,
        **({"basic.auth.user.info": endpoint.user_info} if endpoint.user_info else {}),
        **(_bearer(endpoint.token) if endpoint.token else {}),
    }


def _bearer(token: str) -> dict[str, str]:
    return {
        "bearer.auth.credentials.source": "STATIC_TOKEN",
        "bearer.auth.token": token,
        # Confluent Cloud alone looks at it, and takes an empty one for the address's own.
        "bearer.auth.logical.cluster": "",
    }


@contextmanager
def _client_errors(endpoint: RegistryEndpoint, subject: str = "") -> Iterator[None]:
    """Maps the client's exceptions to `IngestError`; what a server said is never shown."""
    from confluent_kafka.schema_registry import SchemaRegistryError  # noqa: PLC0415
    from confluent_kafka.schema_registry.common._httpx_compat import httpx  # noqa: PLC0415

    host = endpoint.host
    try:
        yield
    except SchemaRegistryError as error:
        raise _by_status(error.http_status_code, error.error_code, host, subject) from error
    except httpx.TimeoutException as error:
        message = f"The schema registry at {host} did not answer in time."
        raise RegistryAway(message, hint="Try again in a minute.") from error
    except httpx.HTTPError as error:
        message = f"The schema registry at {host} cannot be reached."
        raise RegistryAway(message, hint="Check the address, and that it runs.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        about = f" of {one_line(subject)}" if subject else ""
        raise IngestError(
            f"What {host} sent{about} is no schema registry's answer.",
            hint="Check that the address is the registry's own, with its path.",
        ) from error


def _by_status(status: int, code: int, host: str, subject: str) -> IngestError:
    match status, code:
        case 401 | 403, _:
            return NotLetIn(
                f"The schema registry at {host} does not accept the credentials ({status}).",
                hint="Set SCHEMA_REGISTRY_AUTH to user:password, or SCHEMA_REGISTRY_TOKEN.",
            )
        case 404, 40401:
            return IngestError(
                f"{host} has no subject {one_line(subject)}.", hint="Look at its list of subjects."
            )
        case 404, 40402 | 40403:
            return IngestError(
                f"{host} no longer has a schema that {one_line(subject)} needs.",
                hint="It was deleted for good; remove the table file to import it anew.",
            )
        case _ if status < 500:
            return IngestError(
                f"{host} refused the request ({status}).",
                hint="Check that the address is the registry's own, with its path.",
            )
    return IngestError(
        f"The schema registry at {host} has a fault of its own ({status}).", hint="Try again later."
    )
