import re

from odoo import api, models

#: what decides taxes or the language of the law, whatever else an address says
MOVING = ('country_id', 'state_id', 'vat')
PLACE = ('street', 'street2', 'city', 'zip', *MOVING)
#: fields that stand in the head of an e-mail, or beside other addresses
ONE_LINE = ('name', 'email')


def one_line(text):
    """A text without line breaks and other control characters (str or what was given)."""
    if not isinstance(text, str):
        return text
    return re.sub(r'[\x00-\x1f\x7f\x85\u2028\u2029]+', ' ', text).strip()


class ResPartner(models.Model):
    """Addresses on the portal: whose they are, and what of them a customer changes alone."""

    _inherit = 'res.partner'

    # === Whose address it is === #

    def _isp_address_accounts(self):
        """Accounts that an address belongs to (res.partner, sudo).

        A service address is that of the accounts whose services are used there; any other one is
        that of the account which it stands below.
        """
        self.ensure_one()
        # sudo: whose address it is does not hang on what the person may see of it
        groups = self.sudo().env['sale.subscription'].with_context(active_test=False)._read_group(
            [('partner_shipping_id', '=', self.id), ('isp_account_id', '!=', False)],
            ['isp_account_id'])
        accounts = self.sudo().browse().union(*(account for account, in groups))
        return accounts or self._isp_portal_account()

    def _isp_is_address_of(self, person):
        """Whether a person of the portal may see and change this address as its own (bool)."""
        self.ensure_one()
        if self == person:
            return True
        account = person._isp_portal_account()
        return self._isp_address_accounts().ids == account.ids and (
            self == account or not self._isp_with_account())

    def _can_be_edited_by_current_customer(self, **kwargs):
        """Override of `portal`: not the address of another account of the same company."""
        if not super()._can_be_edited_by_current_customer(**kwargs):
            return False
        person = self._get_current_partner(**kwargs)
        return not person or self._isp_is_address_of(person)

    # === What waits for a person === #

    @api.model
    def _isp_one_line(self, vals):
        """Values with the texts of one line on one line (dict)."""
        return {**vals, **{name: one_line(vals[name]) for name in ONE_LINE if vals.get(name)}}

    def _isp_wait_for_person(self, vals):
        """What of these values is written now (dict).

        A customer who moves to another province or country, or gets another tax number, changes
        the taxes and the law of the bills: somebody of the company looks at it first. The customer
        is told by e-mail at the address that was known before.
        """
        if not self.env.user.share or not ({'email', *PLACE} & set(vals)):
            return vals
        held = set()
        for partner in self:
            accounts = partner._isp_address_accounts().filtered('isp_is_account')
            changed = partner._isp_changed(vals)
            if not accounts or not changed:
                continue
            waits = changed & set(PLACE) if changed & partner._isp_moving_fields(accounts) \
                else set()
            if waits or 'email' in changed:
                partner._isp_ask_for_change(accounts, {
                    name: vals[name] for name in waits or {'email'}}, bool(waits))
            held |= waits
        return {name: value for name, value in vals.items() if name not in held}

    def _isp_changed(self, vals):
        """Names of the fields of an address that would get another value (set of str)."""
        present = self.sudo()
        return {
            name for name in ('email', *PLACE) if name in vals and (vals[name] or False) != (
                present[name].id if self._fields[name].type == 'many2one' else present[name]
                or False)
        }

    def _isp_moving_fields(self, accounts):
        """Fields of an address whose change may move taxes (set of str)."""
        moving = set(MOVING)
        companies = accounts.isp_number_ids.company_id
        # sudo: customers read no fiscal positions
        if self.env['account.fiscal.position'].sudo().search_count(
                [('zip_from', '!=', False), ('company_id', 'in', companies.ids)], limit=1):
            moving.add('zip')
        return moving

    def _isp_ask_for_change(self, accounts, values, waits):
        self.env['isp.address.change'].sudo().create([{
            'partner_id': self.id, 'account_id': account.id, 'company_id': number.company_id.id,
            'wanted': values, 'before': {
                name: self.sudo()[name].id if self._fields[name].type == 'many2one'
                else self.sudo()[name] or False for name in values},
            'state': 'waiting' if waits else 'applied',
            'recipient': self.sudo()._isp_recipient() or account._isp_recipient(),
        } for account in accounts for number in account.isp_number_ids])
