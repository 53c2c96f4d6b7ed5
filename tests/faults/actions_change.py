"""What a person does to a subscription while a bill run works on it."""
import psycopg2

TRIES = 5


def change_plan(env, channel, account, day, price):
    """Change the price of an account's fibre from a day, as the dialog does.

    :return: number of tries that it took; conflicts are retried, as Odoo does for requests
    """
    for number in range(1, TRIES + 1):
        try:
            line = env['sale.subscription.line'].search(
                [('isp_account_id', '=', account), ('isp_plan_id.code', '=', 'c-fibre')],
                order='id', limit=1)
            channel.say(at='changing')
            line._isp_change(line._fields['isp_date_start'].to_date(day), price=price)
            env.cr.commit()
        except psycopg2.OperationalError:
            env.cr.rollback()
            env.invalidate_all()
        else:
            return number
    raise AssertionError("the change never came through")
