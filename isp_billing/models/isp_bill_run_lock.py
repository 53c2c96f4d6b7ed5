from datetime import timedelta

from odoo import api, fields, models

from ..const import LOCK_CHOICES
from ..sentences import say

OPEN_RUNS = ('computing', 'computed', 'approved', 'running')


class IspBillRun(models.Model):
    """Locked periods and other runs of the same scope: chosen and said before anything is billed.
    """

    _inherit = 'isp.bill.run'

    lock_choice = fields.Selection(
        LOCK_CHOICES, string="In a locked period", required=True, default='stop', tracking=True,
        help="What happens when the invoice date lies in a locked period. Nothing is moved "
             "silently: what was moved stands on the run.",
    )
    moved_from = fields.Date(string="Moved from", readonly=True, copy=False)
    moved_to = fields.Date(string="Moved to", readonly=True, copy=False)
    moved_lock = fields.Date(string="Locked until", readonly=True, copy=False)
    is_moved = fields.Boolean(compute='_compute_is_moved')
    moved_text = fields.Char(compute='_compute_is_moved')
    scope_warning = fields.Text(compute='_compute_scope_warning')

    @api.depends('invoice_date', 'moved_to')
    def _compute_is_moved(self):
        for run in self:
            run.is_moved = bool(run.moved_to) and run.moved_to == run.invoice_date
            run.moved_text = run.is_moved and run._isp_moved_sentence()

    def _isp_moved_sentence(self):
        return say(self.env)._(
            "The period is locked until %(lock)s: every invoice of this run is dated %(day)s "
            "instead of %(asked)s.", lock=self.moved_lock, day=self.moved_to,
            asked=self.moved_from,
        )

    # === Locked periods === #

    def action_compute(self):
        """Move the invoice date to the first open day where that was chosen, then compute."""
        self._isp_check_may_compute()
        self.check_access('write')
        for run in self:
            if run.lock_choice == 'move' and run.state in ('draft', 'computed'):
                run._isp_move_to_open_day()
        return super().action_compute()

    def _isp_move_to_open_day(self):
        """Move the invoice date behind the locks, and note from where."""
        self.ensure_one()
        day, last = self.invoice_date, None
        lock = self._isp_lock_date(day)
        while lock:
            last, day = lock, lock + timedelta(days=1)
            lock = self._isp_lock_date(day)
        if not last:
            return
        asked = self.moved_from if self.is_moved else self.invoice_date
        # sudo: the dates of a computed run are fixed for persons, this is its preflight
        self.sudo().write({
            'invoice_date': day, 'moved_from': asked, 'moved_to': day, 'moved_lock': last,
        })
        self._isp_post_sentence(self._isp_moved_sentence())

    def _isp_confirm(self, bills, cache):
        """Park bills whose date was locked after the approval, before Odoo moves them silently."""
        lock = self._isp_lock_date(self.invoice_date)
        if lock and bills:
            bills._isp_set_state(('ready',), 'exception', say(self.env)._(
                "The invoice date %(date)s was locked until %(lock)s after the approval. Exclude "
                "the bill: the next run bills it with a later date.", date=self.invoice_date,
                lock=lock,
            ))
            bills.write({'problem_code': 'locked'})
            return []
        return super()._isp_confirm(bills, cache)

    # === Other runs === #

    @api.depends('target_date', 'company_id', 'profile_ids', 'account_ids', 'state')
    def _compute_scope_warning(self):
        for run in self:
            run.scope_warning = False
            if run.state in ('draft', *OPEN_RUNS):
                run.scope_warning = "\n".join(run._isp_scope_warnings()) or False

    def _isp_scope_warnings(self):
        """What other runs of the same accounts mean for this one (list of sentences).

        Neither is an error: the ledger bills each period once, whatever the order of runs.
        """
        self.ensure_one()
        others = self.search([
            ('company_id', '=', self.company_id.id), ('id', '!=', self._origin.id),
            ('state', 'in', (*OPEN_RUNS, 'done', 'exception')),
        ], order='target_date desc, id desc', limit=50).filtered(self._isp_overlaps)
        sentences = []
        open_runs = others.filtered(lambda run: run.state in OPEN_RUNS)
        if open_runs:
            sentences.append(self.env._(
                "Run %(run)s of the same accounts is still open. What one of them posts is not "
                "billed again by the other.", run=", ".join(open_runs.mapped('name')),
            ))
        later = (others - open_runs).filtered(
            lambda run: self.target_date and run.target_date > self.target_date)
        if later:
            sentences.append(self.env._(
                "Run %(run)s already billed up to %(date)s. Nothing is billed twice; only what "
                "was left out then is billed now.", run=later[0].name, date=later[0].target_date,
            ))
        return sentences

    def _isp_overlaps(self, other):
        """Whether another run looks at some of the same accounts (bool)."""
        return all(
            not mine or not theirs or mine._origin & theirs._origin
            for mine, theirs in (
                (self.profile_ids, other.profile_ids), (self.account_ids, other.account_ids),
            )
        )
