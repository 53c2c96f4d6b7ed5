from odoo import fields, models

from .isp_bill_run_documents import DELIVER_CHUNK, RENDER_CHUNK


class IspBillRun(models.Model):
    """Documents of the credit notes of a reversed run: made and sent where that was chosen."""

    _inherit = 'isp.bill.run'

    def _isp_reversal_render_domain(self):
        if self.reversal_documents == 'none':
            return [('id', '=', False)]
        return [
            ('run_id', '=', self.id), ('state', '=', 'done'), ('rendered', '=', False),
            ('render_error', '=', False),
        ]

    def _isp_reversal_render_chunk(self):
        rows = self.env['isp.bill.run.reversal'].search(
            self._isp_reversal_render_domain(), order='id', limit=RENDER_CHUNK)
        results = rows.credit_id._isp_render_documents(apart=True) if rows else {}
        send = 'to_send' if self.reversal_documents == 'send' else 'none'
        for row in rows:
            error = results.get(row.credit_id.id)
            row.write({
                'rendered': not error, 'render_error': error or False,
                'delivery_state': 'none' if error else send,
            })
        return len(rows)

    def _isp_reversal_deliver_domain(self):
        return [
            ('run_id', '=', self.id), ('rendered', '=', True),
            ('delivery_state', 'in', ('to_send', 'failed')),
        ]

    def _isp_reversal_deliver_chunk(self, commit):
        rows = self.env['isp.bill.run.reversal'].search(
            self._isp_reversal_deliver_domain() + [
                '|', ('delivery_retry_at', '=', False),
                ('delivery_retry_at', '<=', fields.Datetime.now()),
            ], order='id', limit=DELIVER_CHUNK,
        )
        if not rows:
            return 0
        results = rows.credit_id._isp_deliver_documents(
            commit and (lambda: commit(0, self._isp_remaining())))
        for row in rows:
            state, reason = results[row.credit_id.id]
            row.write(self._isp_delivery_values(row.delivery_tries + 1, state, reason))
        return len(rows)
