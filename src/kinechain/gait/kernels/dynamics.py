"""Recursive Newton-Euler: the forces that a motion needs, and its energy as a proof.

Everything is in the ground frame, wrenches about its origin, so that the wrench of a branch is
a plain sum and the generalised force of a coordinate its product with the coordinate's twist
(Featherstone 2008, chapter 5).
"""

from __future__ import annotations

from kinechain.gait.kernels.compiled import compiled
from kinechain.gait.kernels.layout import FloatArray, Loads, Moving, Tree
from kinechain.gait.kernels.tree import evaluate, rotate_about


@compiled
def cross(a: FloatArray, b: FloatArray, out: FloatArray) -> None:
    """The cross product into `out`, which is neither of the two."""
    out[0] = a[1] * b[2] - a[2] * b[1]
    out[1] = a[2] * b[0] - a[0] * b[2]
    out[2] = a[0] * b[1] - a[1] * b[0]


@compiled
def ride(
    turning: FloatArray,
    spinup: FloatArray,
    arm: FloatArray,
    velocity: FloatArray,
    acceleration: FloatArray,
    room: FloatArray,
) -> None:
    """Add to velocity and acceleration what a point at `arm` in a turning frame has more."""
    cross(turning, arm, room[0])
    cross(turning, room[0], room[1])
    cross(spinup, arm, room[2])
    for i in range(3):
        velocity[i] += room[0, i]
        acceleration[i] += room[1, i] + room[2, i]


@compiled
def place_frame(tree: Tree, j: int, m: Moving, r: FloatArray, room: FloatArray) -> None:
    """Put the joint's frame in the parent into `r` and the state of its origin into the child."""
    p, b = tree.parent[j], j + 1
    for i in range(3):
        room[3, i] = 0.0
        for k in range(3):
            room[3, i] += m.rotation[p, i, k] * tree.parent_place[j, k]
            r[i, k] = 0.0
            for n in range(3):
                r[i, k] += m.rotation[p, i, n] * tree.parent_rotation[j, n, k]
        m.origin[b, i] = m.origin[p, i] + room[3, i]
        m.velocity[b, i] = m.velocity[p, i]
        m.acceleration[b, i] = m.acceleration[p, i]
        m.turning[b, i] = m.turning[p, i]
        m.spinup[b, i] = m.spinup[p, i]
    ride(m.turning[p], m.spinup[p], room[3], m.velocity[b], m.acceleration[b], room)


@compiled
def move_joint(
    tree: Tree,
    j: int,
    q: FloatArray,
    speed: FloatArray,
    gain: FloatArray,
    m: Moving,
    r: FloatArray,
    room: FloatArray,
) -> None:
    """Carry the joint's frame `r` and the child's state through the six movements."""
    b = j + 1
    centre, velocity, acceleration = m.origin[b], m.velocity[b], m.acceleration[b]
    turning, spinup, axis = m.turning[b], m.spinup[b], room[4]
    for slot in range(3, 9):
        k = slot % 6  # the translations first: they lie in the frame before it turns
        c = tree.coordinate[j, k]
        first, rows = tree.function[j, k, 1], tree.function[j, k, 2]
        x = float(q[c]) if c >= 0 else 0.0
        value, slope, bend = evaluate(tree.table, tree.function[j, k, 0], first, rows, x)
        if c < 0 and value == 0.0:
            continue
        rate = slope * speed[c] if c >= 0 else 0.0
        rise = slope * gain[c] + bend * speed[c] * speed[c] if c >= 0 else 0.0
        for i in range(3):
            axis[i] = 0.0
            for n in range(3):
                axis[i] += r[i, n] * tree.axes[j, k, n]
        cross(turning, axis, room[5])
        if k >= 3:
            for i in range(3):
                room[3, i] = value * axis[i]
                centre[i] += room[3, i]
                velocity[i] += rate * axis[i]
                acceleration[i] += rise * axis[i] + 2.0 * rate * room[5, i]
                if c >= 0:
                    m.shift[c, i] += slope * axis[i]
            ride(turning, spinup, room[3], velocity, acceleration, room)
            continue
        if c >= 0:
            cross(centre, axis, room[3])
            for i in range(3):
                m.spin[c, i] += slope * axis[i]
                m.shift[c, i] += slope * room[3, i]
                spinup[i] += rise * axis[i] + rate * room[5, i]
                turning[i] += rate * axis[i]
        rotate_about(r, tree.axes[j, k, 0], tree.axes[j, k, 1], tree.axes[j, k, 2], value)


@compiled
def move_bodies(tree: Tree, q: FloatArray, speed: FloatArray, gain: FloatArray, m: Moving) -> None:
    """Place, velocity and acceleration of all bodies for coordinates and their derivatives."""
    r, room = m.work[:3], m.work[3:9]
    m.spin[:] = 0.0
    m.shift[:] = 0.0
    for j in range(tree.parent.shape[0]):
        b = j + 1
        place_frame(tree, j, m, r, room)
        move_joint(tree, j, q, speed, gain, m, r, room)
        for i in range(3):
            m.centre[j, i] = m.origin[b, i]
            room[3, i] = 0.0
            for k in range(3):
                room[3, i] += r[i, k] * tree.child_place[j, k]
                m.rotation[b, i, k] = 0.0
                for n in range(3):
                    m.rotation[b, i, k] += r[i, n] * tree.child_rotation[j, n, k]
        for i in range(3):
            m.origin[b, i] += room[3, i]
        ride(m.turning[b], m.spinup[b], room[3], m.velocity[b], m.acceleration[b], room)


@compiled
def weigh(tree: Tree, m: Moving) -> tuple[float, float]:
    """Put into `wrench` what each body needs: kinetic and potential energy, J, as a result."""
    room, velocity, acceleration = m.work[:8], m.work[8], m.work[9]
    kinetic, potential = 0.0, 0.0
    for b in range(1, tree.mass.shape[0]):
        mass = tree.mass[b]
        for i in range(3):
            room[3, i] = 0.0
            velocity[i], acceleration[i] = m.velocity[b, i], m.acceleration[b, i]
            room[6, i] = 0.0  # angular velocity and acceleration in the body's axes
            room[7, i] = 0.0
            for k in range(3):
                room[3, i] += m.rotation[b, i, k] * tree.centre[b, k]
                room[6, i] += m.rotation[b, k, i] * m.turning[b, k]
                room[7, i] += m.rotation[b, k, i] * m.spinup[b, k]
        ride(m.turning[b], m.spinup[b], room[3], velocity, acceleration, room)
        for i in range(3):
            room[0, i] = 0.0  # angular momentum and the moment that changes it
            room[1, i] = 0.0
            for k in range(3):
                room[0, i] += tree.inertia[b, i, k] * room[6, k]
                room[1, i] += tree.inertia[b, i, k] * room[7, k]
        cross(room[6], room[0], room[2])
        for i in range(3):
            room[1, i] += room[2, i]
            kinetic += 0.5 * (mass * velocity[i] * velocity[i] + room[6, i] * room[0, i])
            room[4, i] = m.origin[b, i] + room[3, i]
            potential -= mass * tree.gravity[i] * room[4, i]
            m.wrench[b, i] = mass * (acceleration[i] - tree.gravity[i])
        cross(room[4], m.wrench[b, :3], room[2])
        for i in range(3):
            m.wrench[b, 3 + i] = room[2, i]
            for k in range(3):
                m.wrench[b, 3 + i] += m.rotation[b, i, k] * room[1, k]
    return kinetic, potential


@compiled
def load(loads: Loads, frame: int, m: Moving) -> float:
    """Take the measured forces off what each body needs: their power, W, as a result."""
    room = m.work
    power = 0.0
    for k in range(loads.body.shape[0]):
        b = loads.body[k]
        cross(loads.point[frame, k], loads.force[frame, k], room[0])
        for i in range(3):
            room[1, i] = loads.point[frame, k, i] - m.origin[b, i]
        cross(m.turning[b], room[1], room[2])
        for i in range(3):
            force, moment = loads.force[frame, k, i], loads.moment[frame, k, i]
            m.wrench[b, i] -= force
            m.wrench[b, 3 + i] -= room[0, i] + moment
            power += force * (m.velocity[b, i] + room[2, i]) + moment * m.turning[b, i]
    return power


@compiled
def inverse_dynamics_frames(
    tree: Tree,
    q: FloatArray,
    speed: FloatArray,
    gain: FloatArray,
    loads: Loads,
    m: Moving,
    generalised: FloatArray,
    joint: FloatArray,
    energy: FloatArray,
) -> None:
    """Generalised forces, joint wrenches and energy of every frame.

    Parameters
    ----------
    tree
        The model.
    q, speed, gain
        Shape (n, c): coordinates and their first and second derivatives; rad or m, s.
    loads
        Measured forces.
    m
        To work in; the ground's rotation is one, its other rows are zero.
    generalised
        Out, shape (n, c), Nm or N.
    joint
        Out, shape (n, j, 9), or (0, j, 9) to leave it out: force (N) and moment (Nm) that the
        parent exerts on the child, the moment about the joint's centre, and that centre (m).
    energy
        Out, shape (n, 3): kinetic and potential, J, and the power of the loads, W.
    """
    for frame in range(q.shape[0]):
        move_bodies(tree, q[frame], speed[frame], gain[frame], m)
        energy[frame, 0], energy[frame, 1] = weigh(tree, m)
        energy[frame, 2] = load(loads, frame, m)
        for c in range(q.shape[1]):
            generalised[frame, c] = 0.0
        for j in range(tree.parent.shape[0] - 1, -1, -1):
            wrench = m.wrench[j + 1]
            for k in range(6):
                c = tree.own[j, k]
                if c < 0:
                    break
                for i in range(3):
                    generalised[frame, c] += (
                        m.shift[c, i] * wrench[i] + m.spin[c, i] * wrench[3 + i]
                    )
            if tree.parent[j] > 0:
                for i in range(6):
                    m.wrench[tree.parent[j], i] += wrench[i]
            if joint.shape[0] > 0:
                cross(m.centre[j], wrench[:3], m.work[0])
                for i in range(3):
                    joint[frame, j, i] = wrench[i]
                    joint[frame, j, 3 + i] = wrench[3 + i] - m.work[0, i]
                    joint[frame, j, 6 + i] = m.centre[j, i]
