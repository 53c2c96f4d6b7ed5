from odoo import models
from odoo.tools import email_normalize_all, formataddr

from .res_partner_portal_address import one_line


class ResPartner(models.Model):
    """E-mail addresses of customers; one field may hold several of them."""

    _inherit = 'res.partner'

    def _isp_addresses(self):
        """Addresses of these partners that can be used, each with the name of its partner.

        Apart from each other by commas, semicolons or spaces; what is no address is passed over.

        :rtype: list of str
        """
        return list(dict.fromkeys(
            formataddr((one_line(partner.name or ''), address))
            for partner in self for address in email_normalize_all(partner.email)
            if not (address.startswith('@') or address.endswith('@'))))

    def _isp_recipient(self):
        """Addresses of the first of these partners that has any, as an e-mail takes them.

        :return: addresses with a comma between them, '' when there is none that can be used
        :rtype: str
        """
        return next((', '.join(found) for found in (
            partner._isp_addresses() for partner in self) if found), '')
