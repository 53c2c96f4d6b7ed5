from odoo.http import request, route

from .portal_guard import PortalGuard

#: parameters of Odoo's own methods, which a form must not set
INNER = ('partner_sudo', 'verify_address_values')


class PortalAddress(PortalGuard):
    """Addresses of the own account, and of no other one of the same company."""

    @route()
    def portal_address(self, partner_id=None, **query_params):
        """Override of `portal`: an address that does not exist is not found."""
        self._isp_check_id('res.partner', partner_id)
        self._isp_drop_inner(query_params)
        return super().portal_address(partner_id=partner_id, **query_params)

    @route()
    def account(self, **kwargs):
        """Override of `portal`: the page of the own address."""
        self._isp_drop_inner(kwargs)
        return super().account(**kwargs)

    @route()
    def portal_address_submit(self, partner_id=None, **form_data):
        """Override of `portal`: checks are not switched off by the form."""
        for model, value in (('res.partner', partner_id),
                             ('res.country', form_data.get('country_id')),
                             ('res.country.state', form_data.get('state_id'))):
            self._isp_check_id(model, value)
        self._isp_drop_inner(form_data)
        person = request.env.user.partner_id
        if person._isp_portal_account() != person.commercial_partner_id:
            # Odoo writes it on the company above, which is another account
            form_data.pop('company_name', None)
        return super().portal_address_submit(partner_id=partner_id, **form_data)

    def _isp_check_id(self, model, value):
        """:raises NotFound: when a form names a record that does not exist"""
        # sudo: only whether it exists; rights are asked by the page
        if value and not (str(value).isdecimal() and len(str(value)) < 10
                          and request.env[model].sudo().browse(int(value)).exists()):
            raise request.not_found()

    def _isp_drop_inner(self, words):
        for name in INNER:
            words.pop(name, None)
        for name in ('callback', 'redirect'):
            if not str(words.get(name, '/')).startswith('/') \
                    or str(words.get(name, '/'))[1:2] in ('/', '\\'):
                words.pop(name)

    def _prepare_address_data(self, partner_sudo, **kwargs):
        """Override of `portal`: without the addresses of other accounts."""
        return {
            name: addresses.filtered(lambda address: address._isp_is_address_of(partner_sudo))
            for name, addresses in super()._prepare_address_data(partner_sudo, **kwargs).items()
        }

    def _complete_address_values(self, address_values, *args, **kwargs):
        """Override of `portal`: a new address stands below the own account."""
        super()._complete_address_values(address_values, *args, **kwargs)
        person = request.env['res.partner']._get_current_partner(**kwargs)
        if person and address_values.get('parent_id'):
            address_values['parent_id'] = person._isp_portal_account().id
