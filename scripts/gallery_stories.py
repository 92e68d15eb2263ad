"""The patients of the gallery, told in our own words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Story:
    """One patient.

    `felt` is the painful site whose path is told, `to` the region to which the map draws it.
    `star` is the condition whose place on the map is the published origin, with its side and
    level as published. `same` says why another accepted diagnosis counts, `reserve` what to know
    when the program does not put it first.
    """

    case: str
    file: str
    title: str
    told: str
    cited: str
    published: str
    where: tuple[str, str]
    felt: str
    to: str
    star: tuple[str, str, str | None]
    reserve: str
    same: str = ""


STORIES = (
    Story(
        case="smith2022hiplumbar",
        file="hip-to-foot",
        title="From the hip to the foot",
        told="A man of 56 pulls a heavy pallet. Since then his back and left groin hurt, and pain "
        "and tingling run down the inner leg to the top of the foot: a root, so it seems. The "
        "nerve study is normal; an injection into the hip joint takes away the pain in the groin "
        "and the tingling in the foot.",
        cited="Smith et al., AAPM&R Annual Assembly 2022",
        published="worn left hip with osteonecrosis of the femoral head",
        where=("groin, inner leg and foot", "hip joint"),
        felt="leg_medial",
        to="foot_dorsal",
        star=("femoral_head_osteonecrosis", "left", None),
        same="the same joint",
        reserve="The record tells much of the back and, beside the radiograph, nothing of the hip: "
        "no movement of it was described.",
    ),
    Story(
        case="anon_msse_footballdisc",
        file="back-to-knee",
        title="From the back to the knee",
        told="A footballer of 17 has had pain behind the right knee for two years, of late into "
        "thigh and calf. Radiograph, MRI and every test of the knee are normal, treating the knee "
        "did not help, and his back does not hurt. But lifting the straight leg brings the pain "
        "on, even the other leg.",
        cited="sports medicine case abstract",
        published="disc herniation L5/S1 on the right, and further discs",
        where=("back of the knee", "lumbar disc"),
        felt="knee_posterior",
        to="knee_posterior",
        star=("lumbar_disc_herniation", "right", "l5_s1"),
        reserve="To the program a back without pain speaks against a disc, and the telling sign, "
        "that bending the back brings on the knee pain, cannot be recorded yet.",
    ),
    Story(
        case="sijsciatica72m",
        file="pelvis-to-foot",
        title="From the pelvis to the foot",
        told="A farmer of 72 fell on his buttock. The pain down the left leg to the foot was taken "
        "for sciatica, a disc was operated on, and nothing changed; he was even sent to a "
        "psychiatrist. It came from the joint between sacrum and pelvis.",
        cited="Sacroiliac joint pain presenting as sciatica, case report",
        published="pain of the left sacroiliac joint",
        where=("whole leg to the foot", "sacroiliac joint"),
        felt="calf",
        to="calf",
        star=("sacroiliac_joint_pain", "left", None),
        reserve="An operated back and legs that ease on sitting point to the spine, and the record "
        "holds no test of the sacroiliac joint.",
    ),
    Story(
        case="mcdonnell2005cgh",
        file="neck-to-head",
        title="From the neck to the head",
        told="A man of 46 has had a headache for seven years, constant, worse on long sitting and "
        "when he uses his arms. Exercises for the neck and another posture nearly ended it.",
        cited="McDonnell et al., Journal of Orthopaedic & Sports Physical Therapy 2005",
        published="headache from the neck",
        where=("head", "neck"),
        felt="head",
        to="occiput",
        star=("cervicogenic_headache", "midline", None),
        reserve="The record holds no word of the neck, neither pain nor a finding, so that little "
        "is left but how common each headache is.",
    ),
    Story(
        case="morrisstiff2008aorticdissectionleg",
        file="aorta-to-leg",
        title="From the aorta to the leg",
        told="A man of 47 has sudden pain in the right leg. It is taken for a disc; the MRI shows "
        "none. Six weeks later somebody feels for the pulses, and on the right there are none.",
        cited="Morris-Stiff et al., Journal of Medical Case Reports 2008",
        published="dissection of the aorta",
        where=("leg", "aorta"),
        felt="leg",
        to="foot_dorsal",
        star=("abdominal_aortic_aneurysm", "midline", None),  # the dissection has no place yet
        same="a blocked artery of the leg, not yet the reason for it",
        reserve="As an origin of leg pain a torn aorta is too rare for three facts to lift it. "
        "What cannot wait does not depend on the ranking: a fixed rule looks at the pulses.",
    ),
)
