from markupsafe import Markup

from odoo import fields, models


class IspBillRun(models.Model):
    """The books are checked between posting and sending: nothing leaves that does not agree."""

    _inherit = 'isp.bill.run'

    book_check_ids = fields.One2many('isp.book.check', 'run_id', string="Checks of the books")
    book_check_id = fields.Many2one(
        'isp.book.check', string="Last check of the books", readonly=True, copy=False,
        index='btree_not_null', ondelete='set null',
    )
    book_check_state = fields.Selection(related='book_check_id.state', string="Books")
    book_error_count = fields.Integer(related='book_check_id.error_count', string="Errors found")

    def _isp_checked_books(self):
        """Whether the invoices may leave: the last check passed and nothing was posted since.

        Otherwise the run ends as "done with exceptions", and says so to its approver.
        """
        self.ensure_one()
        if self.book_check_state == 'passed' or not self.posted_count:
            return True
        if self._isp_check_books().state == 'passed':
            return True
        self._isp_set_state(('running',), 'exception')
        self.message_post(body=Markup("<p>%s</p><ul>%s</ul>") % (
            self._isp_book_sentence(),
            Markup().join(
                Markup("<li>%s (%s)</li>") % (row.title, row.count)
                for row in self.book_check_id.finding_ids
            ),
        ))
        self.company_id._isp_alarm(
            self.env._("Run %(run)s: the books are not in order", run=self.name),
            self._isp_book_sentence(), record=self,
        )
        return False

    def _isp_check_books(self):
        """Check the run's invoices and remember the check as the last one."""
        check = self.env['isp.book.check']._isp_check_run(self)
        self.sudo().book_check_id = check
        return check

    def _isp_forget_check(self):
        """Something was posted: what was checked before no longer says anything about the run."""
        if self.book_check_id:
            self.book_check_id = False

    def _isp_book_sentence(self):
        return self.env._(
            "The invoices of run %(run)s are posted and do not agree with its bills, charges or "
            "entries. None of them was sent. Look at the check of the books, fix it, then press "
            "“Check the books”.", run=self.name,
        )

    def action_check_books(self):
        """Check the invoices of the run; what waited for it is sent when they agree."""
        self._isp_check_may_approve()
        self.check_access('read')
        for run in self:
            passed = run._isp_check_books().state == 'passed'
            if passed and run.state == 'exception' and run.sudo()._isp_has_deliveries():
                run._isp_set_state(('exception',), 'running')
                run._isp_trigger()
        return self.action_view_book_check() if len(self) == 1 else None

    def _isp_has_deliveries(self):
        return bool(self.env['isp.bill.run.bill'].search_count(
            self._isp_deliver_domain(), limit=1))

    def action_view_book_check(self):
        """Open the last check of the run."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'isp.book.check', 'view_mode': 'form',
            'res_id': self.book_check_id.id, 'name': self.env._("Check of the Books"),
        }
