from odoo import models


class IspBillRun(models.Model):
    """Who receives the invoices of a run, and under which reference of the customer."""

    _inherit = 'isp.bill.run'

    def _isp_complete_jobs(self, jobs, previews):
        """Address invoices to the payer's contact for invoices, and put the customer's reference.

        Two queries for a chunk. The account of the invoice stays the billing account.
        """
        super()._isp_complete_jobs(jobs, previews)
        # sudo: contacts of customers that the run bills anyway
        contacts = self.env['res.partner'].sudo().search_fetch(
            [('parent_id', 'in', [one.payer_id for one in previews]), ('type', '=', 'invoice')],
            ['parent_id'], order='id desc',
        )
        by_payer = {contact.parent_id.id: contact.id for contact in contacts}
        ids = {line.subscription_id for one in previews for line in one.lines}
        numbers = {
            subscription.id: subscription.isp_po_number
            for subscription in self.env['sale.subscription'].browse(ids)
        }
        for job, preview in zip(jobs, previews, strict=True):
            job.contact_id = by_payer.get(preview.payer_id, 0)
            found = {numbers[line.subscription_id] for line in preview.lines}
            reference = ", ".join(sorted(number for number in found if number))
            if reference:
                job.links['ref'] = reference
