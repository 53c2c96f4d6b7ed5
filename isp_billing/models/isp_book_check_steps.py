import time

from odoo import fields, models

#: starts of one step without an end after which it is given up
GIVE_UP_AFTER = 2


class IspBookCheck(models.Model):
    """A check of a large book is done in steps: killed or out of time, it goes on where it was."""

    _inherit = 'isp.book.check'

    step = fields.Integer(readonly=True, export_string_translation=False)
    step_starts = fields.Integer(readonly=True, export_string_translation=False)
    cursor = fields.Json(readonly=True, export_string_translation=False)

    def _isp_take_steps(self, steps, commit):
        """Take the steps that are left; returns whether all were taken."""
        while self.step < len(steps):
            code, ask = steps[self.step]
            if not self._isp_may_step(code, commit):
                continue
            start = time.monotonic()
            rows, more = ask()
            self._isp_keep_findings(rows)
            self.write({
                'duration': self.duration + time.monotonic() - start, 'step_starts': 0,
                'step': self.step if more else self.step + 1,
                'cursor': self.cursor if more else False,
            })
            if commit and not commit() and self.step < len(steps):
                return False
        return True

    def _isp_may_step(self, code, commit):
        """Note that a step begins; one that was killed twice is left out, and that is a finding.

        :return: whether to take it (bool)
        """
        if not commit:
            return True
        self.step_starts += 1
        may = self.step_starts <= GIVE_UP_AFTER
        if not may:
            self._isp_keep_findings(
                [self._isp_finding('not_completed', 'I0', 'error', False, [], code)])
            self.write({'step': self.step + 1, 'step_starts': 0, 'cursor': False})
        commit()
        return may

    def _isp_keep_findings(self, rows):
        """Write findings; those of the same code in a step that goes by parts become one."""
        known = {row.code: row for row in self.finding_ids if row.code != 'not_completed'}
        for values in rows:
            row = known.get(values['code'])
            if not row:
                self.env['isp.book.check.finding'].create(dict(values, check_id=self.id))
                continue
            lines = (row.details or "").splitlines() + values['details'].splitlines()
            row.write({
                'count': row.count + values['count'], 'details': "\n".join(lines[:20]),
                'res_ids': list(dict.fromkeys([*row.res_ids, *values['res_ids']]))[:200],
            })

    def _isp_keep_job_awake(self):
        """As for bill runs: what was killed is noted here, and the job does not rest for it."""
        self.env['isp.bill.run']._isp_keep_job_awake()
