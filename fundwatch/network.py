"""Tells Java what pip and git know of this machine's network: its proxy and its certificates."""

from __future__ import annotations

import contextlib
import os
import ssl
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

BUNDLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables in which a machine names its certificate file, that of pip first."""

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
)
"""Where Debian, Red Hat and SUSE keep theirs."""

PASSWORD = "changeit"
"""Java's customary one; it guards nothing, the certificates are public."""


def java_options(folder: Path) -> list[str]:
    """`-D` options for a JVM that shall reach the network; a trust store is written to `folder`."""
    return [*_proxies(), *_certificates(folder)]


def _proxies() -> Iterator[str]:
    # Java does not read http_proxy and https_proxy.
    for scheme, address in urllib.request.getproxies().items():
        proxy = urllib.parse.urlsplit(address)
        if scheme in ("http", "https") and proxy.hostname:
            yield f"-D{scheme}.proxyHost={proxy.hostname}"
            yield f"-D{scheme}.proxyPort={proxy.port or 80}"


def _certificates(folder: Path) -> Iterator[str]:
    # A Java that came as a wheel knows the public authorities only, not the one of an office
    # whose gateway opens TLS; and Java reads no PEM files.
    bundle = next((path for path in _bundles() if path.is_file()), None)
    if bundle:
        store = folder / "trust.p12"
        store.write_bytes(trust_store(bundle))
        yield f"-Djavax.net.ssl.trustStore={store}"
        yield "-Djavax.net.ssl.trustStoreType=PKCS12"
        yield f"-Djavax.net.ssl.trustStorePassword={PASSWORD}"


def _bundles() -> Iterator[Path]:
    for name in BUNDLES:
        if os.environ.get(name):
            yield Path(os.environ[name])
    yield from map(Path, SYSTEM_BUNDLES)


def trust_store(bundle: Path) -> bytes:
    """The certificates of a PEM file as a PKCS12 trust store that Java accepts."""
    # Imported here: half a second that only a fetch should pay.
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusted.load_verify_locations(bundle)
    entries = [
        pkcs12.PKCS12Certificate(certificate, f"{number}".encode())
        for number, certificate in enumerate(_readable(trusted.get_ca_certs(binary_form=True)))
    ]
    return pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(PASSWORD.encode()))


def _readable(certificates: Iterable[bytes]) -> Iterator[x509.Certificate]:
    from cryptography.x509 import load_der_x509_certificate

    for der in certificates:
        # Some old authorities break the rules (a serial number of zero); Java takes them all the
        # same, and what even the parser refuses nobody can trust.
        with warnings.catch_warnings(), contextlib.suppress(ValueError):
            warnings.simplefilter("ignore")
            yield load_der_x509_certificate(der)
