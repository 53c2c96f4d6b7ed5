"""Download of a bill run as a spreadsheet."""
from odoo import http
from odoo.http import content_disposition, request


class BillRunController(http.Controller):

    @http.route('/isp_billing/run/<int:run_id>/xlsx', type='http', auth='user', readonly=True)
    def bill_run_xlsx(self, run_id):
        """The spreadsheet of a run, for users who may read it."""
        run = request.env['isp.bill.run'].browse(run_id).exists()
        if not run or not run.has_access('read'):
            raise request.not_found()
        name, content = request.env['isp.bill.run.xlsx'].with_company(
            run.company_id)._content(run)
        return request.make_response(content, [
            ('Content-Type',
             'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
            ('Content-Length', len(content)),
            ('Content-Disposition', content_disposition(name)),
            ('X-Content-Type-Options', 'nosniff'),
            ('Cache-Control', 'no-store'),
        ])
