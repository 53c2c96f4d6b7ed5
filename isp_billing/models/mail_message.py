from odoo import models
from odoo.tools import plaintext2html

from odoo.addons.mail.tools.discuss import Store

from ..sentences import SentenceText


class MailMessage(models.Model):
    """Notes that our models write in their log: each reader gets them in its own language."""

    _inherit = 'mail.message'

    isp_sentence = SentenceText(
        export_string_translation=False, groups='base.group_system',
    )

    def write(self, vals):
        """What somebody edits is no longer what was said."""
        if 'body' in vals and 'isp_sentence' not in vals:
            # sudo: nobody may read the column; it is emptied with the text it stands for
            self.sudo().filtered('isp_sentence').isp_sentence = False
        return super().write(vals)

    def _field_store_repr(self, field_name):
        if field_name == 'body':
            return [Store.Attr('body', value=lambda message: message._isp_body())]
        return super()._field_store_repr(field_name)

    def _isp_body(self):
        """The text of a message for its reader (Markup)."""
        self.ensure_one()
        # sudo: the sentence is the text of a message that is read already
        said = self.sudo().isp_sentence
        return plaintext2html(said) if said else self.body


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    def _isp_post_sentence(self, sentence, **values):
        """Post a sentence in the log, worded for each reader (mail.message)."""
        message = self.message_post(body=sentence, **values)
        # sudo: the column is not written by clients
        message.sudo().isp_sentence = sentence
        return message

    def _isp_log_sentence(self, sentence):
        """Note a sentence in the log without telling anybody, worded for each reader."""
        message = self._message_log(body=sentence)
        # sudo: as above
        message.sudo().isp_sentence = sentence
        return message


class MailTrackingValue(models.Model):
    _inherit = 'mail.tracking.value'

    def _tracking_value_format_model(self, model):
        """States and other choices of our models in the language of the reader.

        Odoo keeps the label of whoever made the change.
        """
        formatted = super()._tracking_value_format_model(model)
        if not (model or '').startswith('isp.'):
            return formatted
        for row in formatted:
            field = self.browse(row['id']).sudo().field_id
            if field.ttype == 'selection':
                labels = self._isp_labels(model, field.name)
                for side in ('oldValue', 'newValue'):
                    row[side] = labels.get(row[side], row[side])
        return formatted

    def _isp_labels(self, model, name):
        """Label in the language of the reader, by label in any language (dict)."""
        def labels(env):
            return dict(env[model]._fields[name]._description_selection(env))

        own, found = labels(self.env), {}
        for code, _label in self.env['res.lang'].get_installed():
            found |= {label: own[key] for key, label in
                      labels(self.env(context={**self.env.context, 'lang': code})).items()}
        return found
