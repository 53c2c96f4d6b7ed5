from odoo import models


class ResPartner(models.Model):
    """Which billing account a person stands for on the portal."""

    _inherit = 'res.partner'

    def _isp_portal_account(self):
        """The account whose bills this person sees, and for which it chooses, on the portal.

        A person with an account of its own stands for that account and for no other one. A plain
        contact stands for the account nearest above it: the bookkeeper of a company for the
        company. Nobody stands for what is above the commercial entity, which Odoo keeps apart.

        :return: res.partner (sudo), one record; the commercial entity when there is no account
        """
        self.ensure_one()
        # sudo: contacts above are read whatever the person may see of them
        person = self.sudo()
        above = person
        while above[-1] != above[-1].commercial_partner_id and above[-1].parent_id:
            above += above[-1].parent_id
        return (above & above._isp_with_account() or above[-1])[0]

    def _isp_portal_lang(self, company):
        """Language code in which the portal begins for this person: that of its account (str).

        '' for who stands for no account: Odoo decides then.
        """
        account = self._isp_portal_account()
        numbers = self.env['isp.account.number'].sudo().search([('partner_id', '=', account.id)])
        if not numbers:
            return ''
        if company not in numbers.company_id:
            company = numbers.company_id[0]
        return account._isp_text_lang(company)

    def _isp_with_account(self):
        """Those of these contacts that have an account of their own (res.partner).

        It has one who has an account number, subscriptions, or posted bills, in any company: an
        account whose number was taken away keeps its bills to itself.
        """
        # sudo: facts of all companies, of which only yes or no comes out
        env = self.with_context(active_test=False).sudo().env
        numbers = env['isp.account.number'].search([('partner_id', 'in', self.ids)])
        found = {number.partner_id.id for number in numbers}
        for model, domain in (
            ('sale.subscription', []), ('account.move', [('state', '=', 'posted')]),
        ):
            groups = env[model]._read_group(
                [('isp_account_id', 'in', self.ids), *domain], ['isp_account_id'])
            found |= {account.id for account, in groups}
        return self.filtered(lambda partner: partner.id in found)
