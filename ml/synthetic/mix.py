"""The proportions of the population, in one place.

Schedules, Saturdays and Sundays, household money and the supply of seats follow what is known of low-income working
families of Peru (informal work of seven in ten, four in ten wholesale traders women, no price list of private care that
could be quoted). Where nothing is known the figure is a working value, chosen so that every group a report looks at has
some hundred families among ten thousand.
"""

from __future__ import annotations

CAREGIVERS = ("mother", "father", "grandmother")
CAREGIVER = (0.80, 0.09, 0.11)
CHILDREN = (0.72, 0.22, 0.06)  # families with one, two, three
TWINS = 0.04  # of the families with two
TOGETHER = 0.78  # of the families with several
OLDEST = 69  # months on the start date; the youngest are four months old
YOUNGEST = 4
SEX = (0.498, 0.499, 0.003)
SEXES = ("f", "m", "x")

SISFOH = ("no_pobre", "pobre", "pobre_extremo", "unknown")
SISFOH_SHARE = (0.24, 0.46, 0.18, 0.12)
BUDGET = ((160.0, 420.0), (70.0, 220.0), (0.0, 110.0), (60.0, 260.0))  # soles a month, by SISFOH
PAY_LEVEL = (1.25, 1.0, 0.85, 0.95)  # of budgets and fees, by region

WORK = ("market", "street", "domestic", "services", "night", "irregular")
WORK_SHARE = (0.20, 0.25, 0.15, 0.20, 0.08, 0.12)
SATURDAY = (0.78, 0.58, 0.30, 0.25, 0.33, 0.24)  # by work: 45 % together
SUNDAY = (0.30, 0.22, 0.03, 0.05, 0.15, 0.06)  # 15 % together

TRANSPORT = ("walk", "moto", "bus")
TRANSPORT_SHARE = ((0.42, 0.12, 0.46), (0.42, 0.38, 0.20), (0.58, 0.12, 0.30), (0.45, 0.50, 0.05))  # by region
REACH = ((1.0, 3.0), (2.0, 7.0), (2.5, 9.0))  # km the family would go, by transport

NEED_SHARE = 0.13  # of the children have a special need; one in five of those has a second
NEEDS_WEIGHT = (10, 6, 6, 12, 14, 6, 15, 17, 7, 11)  # as in frames.NEEDS
CONSENT = (1.0, 0.97, 0.66)  # services, matching, training
CONCERNS = (0.22, 0.43, 0.25, 0.10)  # families with none, one, two, three needs that no field says

KINDS = ("home", "group_home", "centre", "community")
KIND_SHARE = (0.46, 0.16, 0.16, 0.22)
CAPACITY = ((0.5, 1.0, 1.1, 1.6), (1.0, 2.0, 2.4, 4.0), (2.5, 5.0, 6.0, 12.0), (0.6, 3.0, 4.0, 7.0))  # kind × band
NO_SEAT = (0.30, 0.08, 0.06, 0.06)  # providers without any seat in the band
SUPPLY = 0.83  # free seats of approved providers, for each child who waits
FEE = ((50.0, 210.0), (70.0, 240.0), (90.0, 380.0), (20.0, 110.0))  # soles a month, by kind
FREE = (0.03, 0.03, 0.10, 0.42)  # of a kind ask for nothing
SUBSIDY = (0.35, 0.60, 0.80, 0.90)

HOURS = ("dawn", "day", "office", "late", "long", "night")
HOURS_SHARE = ((0.20, 0.32, 0.06, 0.06, 0.24, 0.12), (0.18, 0.34, 0.08, 0.06, 0.22, 0.12),
               (0.10, 0.46, 0.20, 0.06, 0.10, 0.08), (0.22, 0.38, 0.16, 0.06, 0.16, 0.02))  # by kind
SATURDAY_OPEN = 0.75  # of those open by day

STATUSES = ("approved", "in_vetting", "applied", "suspended", "rejected", "closed")
STATUS = (0.86, 0.05, 0.03, 0.03, 0.01, 0.02)
LAPSED = 0.04  # of the approved
LONGEST_VALID = 420  # days after the day of the population
TRAINED = (0.16, 0.26, 0.38, 0.18)  # chance of each special need, by kind
ALL_NEEDS = 0.05  # of the providers serve every special need
