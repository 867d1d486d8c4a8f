"""Sets one document as PDF/A-3a and PDF/UA-1 in one file, with fonts and house style kept warm between letters."""

import io
import logging
import warnings
from pathlib import Path
from typing import Any

import pydyf
import uharfbuzz

with warnings.catch_warnings():
    # The missing library that this warning is about is replaced below by the wheel's own.
    warnings.simplefilter("ignore", DeprecationWarning)
    import weasyprint
    from weasyprint.pdf import fonts as pdf_fonts
    from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from portal.pdf.fetcher import ClosedFetcher
from portal.pdf.order import Order, RenderFailed

VARIANT = "pdf/a-3a"
NOWHERE = "https://nowhere.invalid/"  # a relative address must reach the fetcher and be refused there
# WeasyPrint writes one standard into the metadata; a validator reads only the first rdf:RDF, so ours goes inside it.
ACCESSIBLE = b"""<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>"""


def subset_by_wheel(font: Any, to_unicode: dict[int, str], hinting: bool) -> None:
    """Cut a font to its used glyphs with the uharfbuzz wheel.

    WeasyPrint's own way needs the system's libharfbuzz-subset, and parses C declarations anew for each number of glyphs.
    """
    if not to_unicode:
        return
    wish = uharfbuzz.SubsetInput()
    wish.glyph_set.update(to_unicode)
    wish.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.DESUBROUTINIZE
    if not hinting:
        wish.flags |= uharfbuzz.SubsetFlags.NO_HINTING
    if font.missing:
        wish.flags |= uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    wish.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in (b"GPOS", b"GSUB"))
    font.file_content = bytes(uharfbuzz.subset(uharfbuzz.Face(font.file_content, font.index), wish).blob.data)


def make_room_for_signatures(_document: Any, content: pydyf.PDF) -> None:
    """A form without fields: a signature is then a field more, and whoever looks can tell that it is nothing else."""
    content.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array()})


class Press:
    """The warmed machine: font configuration, parsed house style, and the house's own files."""

    def __init__(self, house: Path) -> None:
        # WeasyPrint's warnings quote the document, which may hold personal data.
        logging.getLogger("weasyprint").disabled = True
        pdf_fonts.Font.subset = subset_by_wheel
        self.files = {p.name: p.read_bytes() for p in sorted(house.rglob("*")) if p.suffix in {".svg", ".png", ".ttf"}}
        self.fonts = FontConfiguration()
        self.style = weasyprint.CSS(
            string=(house / "style.css").read_text("utf-8"),
            base_url=NOWHERE,
            font_config=self.fonts,
            url_fetcher=ClosedFetcher(self.files),
        )

    def pdf(self, order: Order) -> bytes:
        """The finished file; the same order gives the same bytes."""
        fetcher = ClosedFetcher(self.files | dict(order.assets))
        try:
            content = self._set(order, fetcher)
        except FatalURLFetchingError as error:
            raise RenderFailed("forbidden", ", ".join(fetcher.refused)) from error
        except MemoryError as error:
            raise RenderFailed("memory") from error
        except RecursionError as error:
            raise RenderFailed("invalid", "nested too deeply") from error
        if fetcher.refused:
            raise RenderFailed("forbidden", ", ".join(fetcher.refused))
        return content

    def _set(self, order: Order, fetcher: ClosedFetcher) -> bytes:
        page = weasyprint.HTML(string=order.html, base_url=NOWHERE, url_fetcher=fetcher)
        body = page.etree_element.find("body")
        if body is None or not "".join(body.itertext()).strip():
            raise RenderFailed("empty", "no text")
        page.etree_element.set("lang", order.lang)
        document = page.render(font_config=self.fonts, stylesheets=[self.style], pdf_variant=VARIANT)
        stamp = order.created.isoformat(timespec="seconds")
        about = document.metadata
        about.title, about.lang, about.created, about.modified = order.title, order.lang, stamp, stamp
        described = about.generate_rdf_metadata
        about.generate_rdf_metadata = lambda *standard: described(*standard).replace(
            b"</rdf:RDF>", ACCESSIBLE + b"</rdf:RDF>"
        )
        return document.write_pdf(
            pdf_variant=VARIANT, attachments=self._attachments(order), finisher=make_room_for_signatures
        )

    def _attachments(self, order: Order) -> list[weasyprint.Attachment]:
        if order.attachment is None:
            return []
        name, content = order.attachment
        return [
            weasyprint.Attachment(
                file_obj=io.BytesIO(content),
                name=name,
                description=name,
                relationship="Data",
                created=order.created,
                modified=order.created,
            )
        ]
