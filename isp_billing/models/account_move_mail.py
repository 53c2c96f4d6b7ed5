import logging

import psycopg2
from markupsafe import Markup

from odoo import models

from ..engine import document_view

_logger = logging.getLogger(__name__)

#: our mails are sent by the delivery alone, never by the queue of Odoo at the same time
SCHEDULED = '9999-01-01 00:00:00'


def first_cause(error):
    """What an error began with: Odoo's own quotes the whole template before it says why (str)."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__
    return str(error) or type(error).__name__


class AccountMove(models.Model):
    """The e-mail that carries a document: its words, and who they are written for."""

    _inherit = 'account.move'

    def _isp_mail_template(self):
        """E-mail of the invoice in the language of its document (mail.template)."""
        self.ensure_one()
        return self.env.ref(f'isp_billing.mail_template_invoice_{self._isp_resolve_language()[0]}')

    def _isp_mail_lang(self):
        """Installed language code of the e-mail (str)."""
        self.ensure_one()
        return self.company_id._isp_language_code(self._isp_printed_language())

    def _isp_mail_text(self, key, language=None):
        """A ready text of the document for its e-mail: see ``engine.document_view.mail_texts``.

        :param str language: ``en`` or ``fr``; the first language of the page when empty
        """
        self.ensure_one()
        return document_view.mail_texts(
            self._isp_present_data(), language or self._isp_printed_language())[key]

    def _isp_prepare_mails(self, recipients):
        """The waiting e-mail of each invoice, created once.

        One that waited goes to the address of today, with the Message-ID that it has.

        :param dict recipients: addresses by move
        :return: ({move: mail.mail}, {move: why its e-mail cannot be written})
        """
        waiting = self.env['mail.mail'].sudo().search([
            ('isp_move_id', 'in', self.ids), ('state', 'in', ('outgoing', 'exception')),
        ])
        mails = {mail.isp_move_id: mail for mail in waiting}
        for move, mail in mails.items():  # flushed as one statement
            if mail.email_to != recipients[move]:
                mail.email_to = recipients[move]
        vals_list, failed = [], {}
        missing = self.filtered(lambda move: move not in mails)
        for template, batch in missing.grouped(lambda move: move._isp_mail_template()).items():
            written, reasons = batch._isp_written_mails(template, recipients)
            vals_list += written
            failed |= reasons
        created = self.env['mail.mail'].sudo().create(vals_list)
        return mails | {mail.isp_move_id: mail for mail in created}, failed

    def _isp_written_mails(self, template, recipients):
        """Values of e-mails; one that cannot be written does not stop the batch.

        :return: ([dict], {move: reason})
        """
        try:
            with self.env.cr.savepoint():
                return self._isp_mail_vals(template, recipients), {}
        except psycopg2.Error:
            raise
        except Exception as error:
            if len(self) == 1:
                _logger.warning("E-mail of %s: %s", self.name, error)
                return [], {self: self.env._(
                    "The e-mail template “%(template)s” cannot be filled in: %(reason)s",
                    template=template.sudo().name, reason=first_cause(error))}
        vals_list, failed = [], {}
        for move in self:
            written, reasons = move._isp_written_mails(template, recipients)
            vals_list += written
            failed |= reasons
        return vals_list, failed

    def _isp_mail_vals(self, template, recipients):
        """Values of the e-mails of a batch of one template."""
        # each of the texts below would ask again
        template = template.sudo().with_context(isp_asked=self._isp_asked())
        moves = self.sudo()
        fields_values = {
            field: template._render_field(
                field, moves.ids, compute_lang=True,
                options={'post_process': True} if field == 'body_html' else None)
            for field in ('subject', 'body_html', 'email_from', 'reply_to')
        }
        return [{
            'subject': fields_values['subject'][move.id],
            'body_html': fields_values['body_html'][move.id],
            # the chatter shows a message without words as removed; the whole e-mail is kept once
            'body': Markup('<p>%s</p>') % fields_values['subject'][move.id],
            'email_from': fields_values['email_from'][move.id]
            or move.company_id.email_formatted or self.env.user.email_formatted,
            'reply_to': fields_values['reply_to'][move.id] or move.company_id.email_formatted,
            'email_to': recipients[move.with_env(self.env)],
            'model': 'account.move', 'res_id': move.id, 'isp_move_id': move.id,
            'message_id': move._isp_message_id(), 'auto_delete': False,
            'mail_server_id': template.mail_server_id.id, 'scheduled_date': SCHEDULED,
            'message_type': 'email_outgoing',
        } for move in moves]

    def _isp_message_id(self):
        """Message-ID of the next e-mail of the invoice, the same until it has left (str)."""
        self.ensure_one()
        times = len(self.isp_delivery_ids.filtered(lambda row: row.state == 'sent'))
        database = self.env['ir.config_parameter'].sudo().get_param('database.uuid')
        domain = (self.company_id.email or '').rpartition('@')[2].strip('> ') or 'isp-billing.local'
        return f"<isp-invoice-{self.id}-{times}-{database}@{domain}>"
