"""Subscribers of whom no two are alike, and their twins: what a disturbed run is compared with."""
import random

from odoo import Command, fields


def live(env, _channel, pairs, seed, company):
    """Give both accounts of each pair the same life, drawn from the seed, before the first bill."""
    for number, pair in enumerate(pairs):
        for account in pair:
            _begin(env, random.Random(f"{seed}/{number}"), account, company)
    env.cr.commit()
    return len(pairs)


def live_on(env, _channel, pairs, seed):
    """What happens between two bills: the same to both twins."""
    events = {}
    for number, pair in enumerate(pairs):
        for account in pair:
            kind = _go_on(env, random.Random(f"{seed}/{number}/later"), account)
        events[kind] = events.get(kind, 0) + 1
    env.cr.commit()
    return events


def _lines(env, account):
    return env['sale.subscription.line'].search([('isp_account_id', '=', account)], order='id')


def _day(rng, month):
    return fields.Date.to_date(f"2026-{month:02}-{rng.randint(1, 28):02}")


def _begin(env, rng, account, company):
    fibre, modem = _lines(env, account)
    fibre.write({
        'isp_price_source': 'own', 'price_unit': rng.randint(1000, 9999) / 100,
        'product_uom_qty': rng.choice([1, 1, 2, 3]),
        'isp_date_start': _day(rng, 1) if rng.random() < 0.5 else '2026-01-01',
    })
    if rng.random() < 0.3:
        modem.isp_date_start = _day(rng, 1)
    if rng.random() < 0.3:
        env['isp.line.discount'].create({
            'line_id': fibre.id, 'name': "Promotion", 'kind': rng.choice(['percent', 'amount']),
            'value': rng.randint(1, 9), 'date_from': '2026-01-01', 'periods': rng.choice([0, 1]),
        })
    if rng.random() < 0.2:
        env['res.partner'].browse(account).write({
            'state_id': env.ref('base.state_ca_on').id})


def _go_on(env, rng, account):
    fibre, modem = _lines(env, account)[:2]
    kind = rng.choice(['nothing', 'price', 'hold', 'end', 'all ends', 'own'])
    if kind == 'price':
        fibre._isp_change(_day(rng, 2), price=rng.randint(1000, 9999) / 100)
    elif kind == 'hold':
        first = _day(rng, 1)
        env['isp.service.hold'].create({
            'subscription_id': fibre.sale_subscription_id.id, 'date_from': first,
            'date_to': fields.Date.add(first, days=rng.randint(0, 40)),
            'effect': rng.choice(['no_charge', 'reduced']), 'percent': 25.0,
        })
    elif kind == 'end':
        fibre._isp_end(_day(rng, 1) if rng.random() < 0.5 else _day(rng, 2), True)
    elif kind == 'all ends':
        day = max(_day(rng, 1), fibre.isp_date_start, modem.isp_date_start)
        fibre._isp_end(day, True)
        modem._isp_end(day, True)
    elif kind == 'own':
        modem.write({'isp_discount_ids': [Command.create({
            'name': "Thanks", 'kind': 'price', 'value': 5.0, 'date_from': '2026-02-01'})]})
    return kind
