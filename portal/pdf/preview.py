"""Pages of a PDF as pictures, for previews beside the text."""

import io

import pypdfium2


def pages_as_png(pdf: bytes, scale: float = 1.5) -> list[bytes]:
    """Each page as PNG; at scale 1 a point of the page is one pixel."""
    pictures = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            buffer = io.BytesIO()
            page.render(scale=scale).to_pil().save(buffer, "PNG")
            pictures.append(buffer.getvalue())
    return pictures
