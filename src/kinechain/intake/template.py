"""The commented case file that `kinechain case new` writes."""

from __future__ import annotations

_TEMPLATE = """\
# A case: one person at one moment. Fill in what is known and delete the rest; everything is
# optional except a pain or a finding. What is not written is unknown and changes nothing.
#   kinechain findings TEXT       searches the names of findings
#   kinechain case check FILE     says what is wrong in this file, and where
#   kinechain assess FILE         assesses it
# Names can be ids, labels or synonyms. Do not write names or birthdays of people.

case: my_case                  # a name for this case, not the person's
as_of:                         # day of the assessment, 2026-11-22 for example

age:                           # years
sex:                           # female | male
height:                        # 168 cm
weight:                        # 74 kg
setting:                       # primary_care | physiotherapy | emergency_department | ...
complaint: new                 # new | changed | longstanding: why the person comes

# Where it hurts. Only `site` is needed; a generic site (knee, hip, leg, foot) is allowed.
pain:
#  - site: knee_anterior       # low_back, buttock, groin, thigh_posterior, calf, ...
#    side: right               # left | right | both | unknown
#    intensity: 6              # 0 to 10
#    quality: [aching]         # burning, shooting, electric, stabbing, throbbing, ...
#    onset: gradual            # sudden | gradual | after_injury
#    duration: 5 weeks         # days, weeks, months or years
#    course: new               # longstanding: an old pain that is not the reason for coming
#    on: 2026-11-20            # the day, when it began after the rest

# Where pain was asked for and denied.
no_pain:
#  - low_back

drawing: partial               # complete: sites that are not listed do not hurt

# `absent` is only what was asked or examined and not found. An entry is a name, `name: side`,
# or {finding: name, side: left, level: l5, on: 2026-11-20, by: therapist}.
findings:
  present:
#    - straight_leg_raise: left
#    - {finding: paraesthesia, side: left, level: l5}
  absent:
#    - saddle_anaesthesia
#    - fever
#    - weight_loss

# Measured values with their unit. Findings that follow from them need not be written.
values:
#  - esr: 14 mm/h
#  - crp: 3 mg/L
#  - temperature: 36.8 Cel
#  - {quantity: hip_internal_rotation, value: 20, unit: deg, side: right}

# What the person takes, and what was not tolerated; a dose may stand behind the name.
drugs:
#  - ibuprofen 400 mg
allergies:
#  - penicillin                # or: none
# Earlier diagnoses, and what bears on treatment (diabetes, peptic ulcer, pregnancy). What was
# asked for and is not so stands under findings, absent:
diseases:
#  - diabetes

# What was tried, from when to when, where, and what it did. Only `treatment` is needed.
# response: none | partial | complete | worse | unknown;  relief: how much of the pain went
treatments:
#  - {treatment: exercise therapy, response: none, on: 2026-10-02, until: 2026-11-13}
#  - treatment: intraarticular_steroid
#    site: hip
#    side: right
#    on: 2026-11-16
#    weeks: 1                  # or duration: 6 weeks; otherwise from `on` to `until` or as_of
#    relief: 60 %              # 0 to 100
#    relief_for: 3 days

# Questionnaires: the score, or the answers in turn with - for a missing one.
scores:
#  - {instrument: odi, on: 2026-11-16, score: 42}
#  - {instrument: peg, on: 2026-11-16, answers: [6, 5, 4]}

note:                          # free text; it is not used
"""


def template() -> str:
    """The text of a new case file.

    As it is it says nothing about the person; with one line of `pain` uncommented it is valid.
    """
    return _TEMPLATE
