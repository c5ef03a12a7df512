"""Every byte of a delivered CSV file once: its encoding, what is strange in it, what is refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from fundwatch.errors import LandingError
from jobs.ingest.landing import Delivered, Storage

BLOCK: Final = 1 << 23  # bytes read at a time
LONGEST_LINE: Final = 1 << 23  # bytes
ROOM: Final = 1 << 26  # bytes that any compressed file may grow to
BLOWN: Final = 200  # and beyond that as many bytes as this a byte; real extracts stay below 50
BLANK: Final = bytes(range(33))
DOTTED: Final = re.compile(rb'\.0[,"\r\n]')
QUOTED: Final = (b"\n'", b",'", b"\"'")  # what a sheet puts before text that looks like a number

SLICE: Final = 1 << 17  # bytes that stay in the processor's cache

# Rule → the characters it mends. Full-width punctuation is left out: Chinese text is full of it.
UNSEEN: Final = "\u0080-\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
WIDE: Final = "＋－．０-９Ａ-Ｚａ-ｚ"
IN_TEXT: Final = (
    ("invisible", re.compile(f"[{UNSEEN}]")),
    ("full_width", re.compile(f"[{WIDE}]")),
)
# The same in UTF-8, by first byte: a pattern that begins with one byte is sought by memchr.
IN_UTF8: Final = (
    ("invisible", b"\xc2", re.compile(rb"\xc2[\x80-\xa0\xad]")),
    ("invisible", b"\xe2", re.compile(rb"\xe2(?:\x80[\x80-\x8f\xa8-\xaf]|\x81[\x9f-\xaf])")),
    ("invisible", b"\xe3", re.compile(rb"\xe3\x80\x80")),
    ("invisible", b"\xef", re.compile(rb"\xef\xbb\xbf")),
    (
        "full_width",
        b"\xef",
        re.compile(rb"\xef(?:\xbc[\x8b\x8d\x8e\x90-\x99\xa1-\xba]|\xbd[\x81-\x9a])"),
    ),
)


@dataclass(frozen=True)
class Looked:
    """A file's encoding, and the rules of repair that may have something to do in it.

    `dotted`: some cell ends in .0; `is_doubtful`: it could be in a Chinese encoding just as well;
    `ends_blank`: it ends in blanks without a line end, which Spark takes for a record.
    """

    encoding: str  # utf-8, utf-8-sig, gbk or gb18030
    marks: frozenset[str] = frozenset()
    dotted: bool = False
    is_doubtful: bool = False
    ends_blank: bool = False


def looked_at(storage: Storage, file: Delivered, size: int) -> Looked:
    """What `file` of `size` bytes is, by strict decoding of the whole content.

    Raises LandingError for what is neither UTF-8 nor GB18030, for NUL bytes, lines of megabytes,
    carriage returns that end no line, and archives that blow up.
    """
    for kind in (Utf8, Gb18030):
        look, lines = kind(), b""
        try:
            for lines in _lines(storage, file, size):
                look.at(lines)
        except (UnicodeDecodeError, pa.ArrowInvalid):
            continue
        if look.has_nul:
            raise LandingError(f"{file.where} holds NUL bytes: it is damaged, or no text")
        if look.has_returns and _returns_alone(storage, file, size):
            raise LandingError(f"{file.where} has carriage returns that end no line")
        rest = lines.rpartition(b"\n")[2].rpartition(b"\r")[2]
        return replace(look.found(), ends_blank=bool(rest) and not rest.strip(BLANK))
    raise LandingError(f"{file.where} is neither UTF-8 nor GB18030")


def blocks(storage: Storage, file: Delivered, size: int) -> Iterator[bytes]:
    """The content, unpacked. Raises LandingError for an archive that is none or blows up."""
    total = 0
    try:
        with storage.unpacked(file.path) as stream:
            while block := stream.read(BLOCK):
                total += len(block)
                if total > max(ROOM, BLOWN * size):
                    raise LandingError(
                        f"{file.where} grows beyond {BLOWN} times its size: no real extract does"
                    )
                yield block
    except OSError as error:
        raise LandingError(f"{file.where} cannot be unpacked: {str(error)[:100]}") from None


def _lines(storage: Storage, file: Delivered, size: int) -> Iterator[bytes]:
    """The content in pieces that end where a line does, so that no character is cut."""
    rest = b""
    for block in blocks(storage, file, size):
        piece = rest + block if rest else block
        end = piece.rfind(b"\n") + 1 or piece.rfind(b"\r", 0, -1) + 1
        is_long = len(piece) > LONGEST_LINE and not _any(piece[:LONGEST_LINE], b"\n", b"\r")
        if is_long or len(piece) - end > LONGEST_LINE:
            raise LandingError(
                f"{file.where} has a line of more than {LONGEST_LINE >> 20} MiB;"
                " a quote may have been left open"
            )
        if end:
            yield piece[:end]
        rest = piece[end:]
    if rest:
        yield rest


class _Look:
    """What was seen so far."""

    has_nul = has_returns = False

    def __init__(self) -> None:
        self.marks: set[str] = set()
        self.dotted = False

    def _signs(self, lines: bytes) -> None:
        """What is told by ASCII: the same bytes mean the same in every encoding here."""
        least = np.frombuffer(lines, np.uint8).min()
        self.has_nul |= bool(least == 0)
        if least < 10 or _has_controls(lines):
            self.marks.add("invisible")
        if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):
            self.has_returns = True
        if _has_exponent(lines):
            self.marks.add("mangled")
        if (b"=" in lines and b'="' in lines) or (b"'" in lines and _any(lines, *QUOTED)):
            self.marks.add("sheet_text")
        self.dotted = self.dotted or DOTTED.search(lines) is not None


class Utf8(_Look):
    def __init__(self) -> None:
        super().__init__()
        self.is_marked = self.is_begun = self.has_two = self.has_three = False

    def at(self, lines: bytes) -> None:
        if not self.is_begun and lines.startswith(codecs.BOM_UTF8):
            self.is_marked, lines = True, lines[3:]
        self.is_begun = True
        if not lines:
            return
        self._signs(lines)
        if lines.isascii():
            return
        ends = pa.array([0, len(lines)], pa.int32()).buffers()[1]
        # Arrow validates ten times as fast as Python decodes.
        pa.Array.from_buffers(pa.binary(), 1, [None, ends, pa.py_buffer(lines)]).cast(pa.string())
        self.has_three |= bool(np.frombuffer(lines, np.uint8).max() >= 0xE0)
        self.has_two = True
        self.marks |= {rule for rule, lead, sign in IN_UTF8 if lead in lines and sign.search(lines)}

    def found(self) -> Looked:
        is_doubtful = self.has_two and not self.has_three and not self.is_marked
        name = "utf-8-sig" if self.is_marked else "utf-8"
        return Looked(name, frozenset(self.marks), self.dotted, is_doubtful)


class Gb18030(_Look):
    def __init__(self) -> None:
        super().__init__()
        self.is_gbk = True

    def at(self, lines: bytes) -> None:
        text = lines.decode("gb18030")
        self._signs(lines)
        self.marks |= {rule for rule, sign in IN_TEXT if sign.search(text)}
        # GBK knows characters of one and two bytes only.
        codes = np.frombuffer(text.encode("utf-16-le"), np.uint16)
        self.is_gbk &= len(lines) - len(text) == np.count_nonzero(codes > 0x7F)

    def found(self) -> Looked:
        name = "gbk" if self.is_gbk else "gb18030"
        return Looked(name, frozenset(self.marks), self.dotted)


def _has_controls(lines: bytes) -> bool:
    """Of 11 to 31 and 127, save line ends; smaller ones are asked before."""
    codes = np.frombuffer(lines, np.uint8)
    # Less 14, these wrap around to the smallest numbers.
    low = (codes[at : at + SLICE] - np.uint8(14) for at in range(0, len(codes), SLICE))
    return any(part.min() < 18 for part in low) or _any(lines, b"\x0b", b"\x0c", b"\x7f")


def _has_exponent(lines: bytes) -> bool:
    at = lines.find(b"+")
    while at > 0:
        if lines[at - 1] in b"eE":
            return True
        at = lines.find(b"+", at + 1)
    return False


def _any(lines: bytes, *signs: bytes) -> bool:
    return any(sign in lines for sign in signs)


def _returns_alone(storage: Storage, file: Delivered, size: int) -> bool:
    """Whether a carriage return outside quotes stands among line feeds; readers differ on it."""
    is_quoted = has_alone = has_feeds = False
    for lines in _lines(storage, file, size):
        parts = lines.split(b'"')
        outside = parts[1::2] if is_quoted else parts[::2]
        has_feeds |= any(b"\n" in part for part in outside)
        has_alone |= any(re.search(rb"\r(?!\n)", part) for part in outside)
        is_quoted ^= len(parts) % 2 == 0
    return has_alone and has_feeds
