"""The form that takes an export."""

from typing import BinaryIO, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from community.portability.wordpress.reader import survey
from community.portability.wordpress.values import BrokenExport, Survey

MOST_BYTES = 200 * 1024 * 1024


class ExportForm(forms.Form):
    """A WordPress export, read to its end before anything is done with it."""

    survey: Survey

    file = forms.FileField(
        label=_("WordPress export"),
        help_text=_(
            "The .xml file from WordPress: Tools → Export → “All content”. At most 200 MB. "
            "You see a report before anything is imported."
        ),
        widget=forms.FileInput(attrs={"accept": ".xml,text/xml,application/xml"}),
    )
    pingbacks = forms.BooleanField(
        label=_("Import pingbacks and trackbacks too"),
        required=False,
        help_text=_("Other blogs’ software wrote them, not people."),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """The file, if all of it can be read; raises ValidationError with what is wrong."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            size = filesizeformat(upload.size or 0)
            raise forms.ValidationError(
                _("This file has %(size)s; 200 MB are the most.") % {"size": size}
            )
        try:
            self.survey = survey(cast("BinaryIO", upload))
        except BrokenExport as error:
            raise forms.ValidationError(str(error)) from error
        return upload
