import hashlib

import psycopg2
from psycopg2 import errorcodes

from odoo import Command, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL


class IspBillRun(models.Model):
    """Billing one account at once, and showing what that would be: the same preview."""

    _inherit = 'isp.bill.run'

    request_key = fields.Char(
        readonly=True, copy=False, export_string_translation=False,
        help="Key of the request that made the run; a repeated request finds it here.",
    )

    _request_uniq = models.UniqueIndex(
        '(request_key) WHERE request_key IS NOT NULL', "This request was carried out already.",
    )

    # === What would be billed === #

    @api.model
    def _isp_account_previews(self, account, company, target, invoice_date=None):
        """Bills of an account at a date, as a run would make them. Nothing is written.

        :param account: res.partner that the user may read
        :param date target: everything that falls due up to this day
        :param date invoice_date: today in the company's zone when empty
        :return: list of :class:`engine.bill.BillPreview`
        """
        account.check_access('read')
        day = invoice_date or company._isp_today()
        # the roles that read accounts read all that the preview needs, but not each table of it
        run = self.sudo().with_company(company).new({
            'company_id': company.id, 'target_date': target, 'invoice_date': day,
            'account_ids': [Command.set(account.ids)],
        })
        # whoever pays comes along, as in a run of this account
        accounts = run._isp_accounts().search(run._isp_account_domain())
        previews = run._isp_previews(accounts)[0] if accounts else []
        run._isp_review_variance(previews)
        return previews

    @api.model
    def _isp_previews_hash(self, previews, invoice_date):
        """One fingerprint of several bills (str), '' when there is none."""
        prints = sorted(preview.fingerprint(invoice_date) for preview in previews)
        return hashlib.sha256("".join(prints).encode()).hexdigest() if prints else ''

    # === Billing now === #

    @api.model
    def _isp_bill_now(self, account, company, target, key, shown=None, send=True):
        """Compute, approve and post what an account owes at a date, once.

        The same key gives the same run, however often the request comes: a double click or a
        request that the server repeats cannot bill the next period, because the target date is
        part of the request. Where a person has to approve, the run is left for that.

        :param str key: chosen by the door when it was opened, unique in the database
        :param str shown: fingerprint of what the person saw; something else is not billed
        :return: isp.bill.run
        :raises UserError: when nothing is due, or something else than was shown
        """
        self._isp_check_may_compute()
        account.check_access('read')
        known = self.sudo().search([('request_key', '=', key)]).with_env(self.env)
        if known:
            return known
        run = self._isp_new_request(account, company, target, key, send)
        run.action_compute()
        run.sudo()._isp_work()
        run._isp_check_request(shown)
        if run._isp_may_post_now():
            run.action_approve()
            run.action_start()
            cache, work = {}, run.sudo()
            while work._isp_post_chunk(cache)[0]:
                pass
        return run

    def _isp_new_request(self, account, company, target, key, send):
        ((free,),) = self.env.execute_query(SQL(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", key,
        ))
        if not free:
            # its twin is at work: repeated by the server, this request finds what it made
            raise ConcurrencyError(key)
        try:
            with self.env.cr.savepoint():
                # sudo: the key is set by nobody but us
                return self.sudo().with_company(company).create({
                    'company_id': company.id, 'account_ids': [Command.set(account.ids)],
                    'target_date': target, 'request_key': key, 'send_invoices': send,
                }).with_env(self.env)
        except psycopg2.IntegrityError as error:
            if error.pgcode != errorcodes.UNIQUE_VIOLATION:
                raise
            # its twin was committed after we began: repeated, this request finds it
            raise ConcurrencyError(key) from error

    def _isp_check_request(self, shown):
        """Refuse what differs from the dialog, and what cannot be billed now."""
        self.ensure_one()
        bills = self.sudo().bill_ids
        if not bills:
            raise UserError(self.env._(
                "Nothing is due for %(account)s up to %(date)s.",
                account=self.account_ids.display_name, date=self.target_date,
            ))
        prints = sorted(bills.mapped('result_hash'))
        if shown and hashlib.sha256("".join(prints).encode()).hexdigest() != shown:
            raise UserError(self.env._(
                "The bill of %(account)s is no longer what was shown. Close the dialog and look "
                "again.", account=self.account_ids.display_name,
            ))
        stuck = bills.filtered(lambda bill: bill.state in ('exception', 'carried'))
        if stuck == bills:
            raise UserError("\n".join(reason for reason in stuck.mapped('reason') if reason))

    def _isp_may_post_now(self):
        """Whether the user may approve the run alone, and something is ready (bool)."""
        self.ensure_one()
        return bool(self.ready_count) and not self.company_id.isp_four_eyes and (
            self.env.user.has_groups('isp_billing.group_approver,isp_billing.group_manager')
        )
