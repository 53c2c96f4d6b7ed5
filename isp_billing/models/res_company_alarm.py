from odoo import models
from odoo.tools import html_escape, plaintext2html


class ResCompany(models.Model):
    """How the program calls its people when something must not wait."""

    _inherit = 'res.company'

    def _isp_alarm_users(self):
        """Managers of ISP billing who work in the company (res.users)."""
        self.ensure_one()
        managers = self.env.ref('isp_billing.group_manager').all_user_ids
        return managers.filtered(
            lambda user: user.active and not user.share and self in user.company_ids)

    def _isp_alarm(self, subject, text, record=None, without=()):
        """Tell the managers by e-mail and by an activity that is due today.

        Whoever still has an open activity of the same summary was told already.

        :param str text: plain text of both
        :param record: where the activity belongs; the company's own card by default
        :param without: users who were told already
        :return: res.users who had to be told
        """
        self.ensure_one()
        record = (record if record is not None else self.partner_id).sudo()
        everybody = self._isp_alarm_users().filtered(lambda user: user not in without)
        users = everybody - record.activity_ids.filtered(lambda one: one.summary == subject).user_id
        for user in users:
            record.activity_schedule(
                'mail.mail_activity_data_todo', summary=subject, note=plaintext2html(text),
                user_id=user.id,
            )
        emails = [user.email_formatted for user in users if user.email]
        if emails:
            # whoever runs the job has no right to write e-mails of the system
            self.env['mail.mail'].sudo().create({
                'subject': subject, 'email_to': ", ".join(emails),
                'email_from': self.email_formatted or self.env.user.email_formatted,
                'body_html': f"<p>{html_escape(subject)}</p>{plaintext2html(text)}",
                'auto_delete': True,
            })
        return everybody
