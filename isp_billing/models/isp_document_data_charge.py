from odoo import api, models

from .isp_document_data import _number

#: units of usage plans as ``engine.formats.UNITS`` calls them
UNITS = {'gb': 'gb', 'minute': 'min'}
#: more records than this are summed up by tier and not listed
MOST_RECORDS = 300


def _is_reduced_usage(charge):
    """Whether a usage charge shows its amount before discounts, and these below it (bool)."""
    return not charge.revision and not (charge.detail or {}).get('share') and bool(
        charge.discount or (charge.detail or {}).get('reductions'))


class IspDocumentData(models.AbstractModel):
    """What a line of the document rests on: discounts, instalments, usage."""

    _inherit = 'isp.document.data'

    @api.model
    def _charge_line(self, charge, amount, places, texts):
        """The line with its discounts by their labels, and the number of its instalment."""
        line, detail = super()._charge_line(charge, amount, places, texts), charge.detail or {}
        if detail.get('reductions'):
            line['reductions'] = self._reductions(charge, detail['reductions'], texts)
        if detail.get('instalment'):
            line['instalment'] = detail['instalment']
        if charge.kind == 'usage':
            reduced = _is_reduced_usage(charge)
            line['price_unit'] = _number(
                charge.price_unit if reduced else charge.amount, charge.currency_id)
            if not reduced:
                # a correction is one of an amount: what was taken off the whole is no part of it
                line.pop('reductions', None)
                line['discount'] = '0'
        return line

    @api.model
    def _reductions(self, charge, rows, texts):
        """One small row for each discount: label and what it takes off a full period."""
        # a discount may be gone with the draft line that it was made for
        amounts = dict(rows)
        given = self.env['isp.line.discount'].sudo().browse(list(amounts)).exists()
        return [
            {
                'text': texts(discount, 'name'),
                'price_unit': _number(-float(amounts[discount.id]), charge.currency_id),
            } for discount in given
        ]


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _isp_line_details(self):
        """Usage of the lines: the records when there are few of them, else the tiers."""
        result = super()._isp_line_details()
        charges = self.isp_charge_ids.filtered(lambda charge: charge.kind == 'usage')
        if not charges:
            return result
        records = self.env['isp.usage.record'].search(
            [('charge_id', 'in', charges.ids)], order='day, id',
        ).grouped('charge_id')
        for charge in charges:
            found = records.get(charge, self.env['isp.usage.record'])
            rows = found._isp_detail_rows() if len(found) <= MOST_RECORDS else (
                charge._isp_tier_rows()
            )
            if rows:
                result[charge.move_line_id or charge] = rows
        return result


class IspUsageRecord(models.Model):
    _inherit = 'isp.usage.record'

    def _isp_detail_rows(self):
        """Small rows of the document: day, quantity, description (list of dict)."""
        return [
            {
                'date': record.day.isoformat(), 'quantity': f"{record.quantity:g}",
                'unit': UNITS.get(record.unit),
                'text': {'en': record.note or '', 'fr': record.note or ''},
            } for record in self
        ]


class IspCharge(models.Model):
    _inherit = 'isp.charge'

    def _isp_tier_rows(self):
        """Small rows of the document: quantity and price by tier (list of dict)."""
        self.ensure_one()
        usage = (self.detail or {}).get('usage') or {}
        return [
            {
                'quantity': quantity, 'unit': UNITS.get(self.plan_id.usage_unit),
                'price_unit': price, 'amount': amount,
            } for quantity, price, amount in usage.get('rows', ())
        ]
