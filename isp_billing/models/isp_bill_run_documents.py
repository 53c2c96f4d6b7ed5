from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .account_move_render import StorageProblem

RENDER_CHUNK = 50
DELIVER_CHUNK = 50
FIRST_RETRY_MINUTES = 1
LAST_RETRY_MINUTES = 60


class IspBillRun(models.Model):
    """Stages "render" and "deliver" of a run."""

    _inherit = 'isp.bill.run'

    def _isp_render_domain(self):
        return [
            ('run_id', '=', self.id), ('state', '=', 'posted'), ('move_id', '!=', False),
            ('rendered', '=', False), ('render_error', '=', False),
        ]

    def _isp_render_chunk(self, size=RENDER_CHUNK):
        """Make and seal the PDF of the next posted invoices; returns how many were tried.

        Where the disk is full they wait and are tried again by themselves.
        """
        now = fields.Datetime.now()
        bills = self.env['isp.bill.run.bill'].search(
            self._isp_render_domain() + [
                '|', ('render_retry_at', '=', False), ('render_retry_at', '<=', now),
            ], order='id', limit=min(size, RENDER_CHUNK),
        )
        if not bills:
            return 0
        results = bills.move_id._isp_render_documents(apart=True)
        for bill in bills:
            error = results.get(bill.move_id.id)
            if isinstance(error, StorageProblem):
                bill.render_retry_at = now + timedelta(minutes=FIRST_RETRY_MINUTES)
                bill.delivery_error = error
                continue
            bill.write({
                'render_retry_at': False, 'delivery_error': False,
                'rendered': not error, 'render_error': error or False,
                'delivery_state': 'to_send' if self.send_invoices and not error else 'none',
            })
        self._isp_tell_storage([text for text in results.values()
                                if isinstance(text, StorageProblem)])
        return len(bills)

    def action_make_documents(self):
        """Make the documents that failed again, after what stopped them was fixed; only those."""
        self._isp_check_may_compute()
        self.check_access('write')
        for run in self:
            failed = run.sudo().bill_ids.filtered('render_error')
            if not failed:
                raise UserError(self.env._("No PDF of run %(run)s failed.", run=run.name))
            if run.state != 'running':
                run._isp_set_state(('exception',), 'running')
            failed.render_error = False
        self._isp_trigger()

    def action_view_failed_documents(self):
        """The bills whose PDF could not be made, each with its reason."""
        action = self._isp_view('isp.bill.run.bill', self.env._("PDF failed"), 'list,form')
        action['domain'].append(('render_error', '!=', False))
        return action

    def _isp_tell_storage(self, problems):
        if problems:
            self.company_id._isp_alarm(
                self.env._("Run %(run)s waits for disk space", run=self.name), problems[0],
                record=self,
            )

    def _isp_rendered_all(self):
        """Whether no document is missing any more; the books are checked only then."""
        return not self.env['isp.bill.run.bill'].search_count(self._isp_render_domain(), limit=1)

    def _isp_deliver_domain(self):
        return [
            ('run_id', '=', self.id), ('rendered', '=', True),
            ('delivery_state', 'in', ('to_send', 'failed')),
        ]

    def _isp_deliver_now_domain(self):
        """What is to be delivered and does not wait for its next try."""
        return self._isp_deliver_domain() + [
            '|', ('delivery_retry_at', '=', False),
            ('delivery_retry_at', '<=', fields.Datetime.now()),
        ]

    def _isp_deliver_chunk(self, commit, size=DELIVER_CHUNK):
        """Deliver the next invoices; returns how many were tried.

        Failed ones wait: one minute, then twice as long each time, up to an hour.
        """
        bills = self.env['isp.bill.run.bill'].search(
            self._isp_deliver_now_domain(), order='id', limit=min(size, DELIVER_CHUNK),
        )
        if not bills:
            return 0
        # e-mails leave at once: what left is noted after each group, not after the whole chunk
        results = bills.move_id._isp_deliver_documents(
            commit and (lambda: commit(0, self._isp_remaining()))
        )
        for bill in bills:
            state, reason = results[bill.move_id.id]
            bill.write(self._isp_delivery_values(bill.delivery_tries + 1, state, reason))
        return len(bills)

    @staticmethod
    def _isp_delivery_values(tries, state, reason):
        """Marks of a delivery: its outcome, and when it is tried again if it failed."""
        wait = min(LAST_RETRY_MINUTES, FIRST_RETRY_MINUTES * 2 ** (tries - 1))
        again = fields.Datetime.now() + timedelta(minutes=wait)
        return {
            'delivery_state': state, 'delivery_error': reason or False, 'delivery_tries': tries,
            'delivery_retry_at': again if state == 'failed' else False,
        }
