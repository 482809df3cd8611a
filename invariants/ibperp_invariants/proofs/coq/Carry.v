(* The carry of interest: a fraction of an atom after any run of accruals (MM-6). *)
From Ibperp Require Import Kernels Sums.
Require Import ZArith List Lia.
Import ListNotations.
Open Scope Z_scope.

Record Accrual := { rate_time : Z; fee : Z }.
Definition act (p : Pool) (a : Accrual) : Pool := pool_accrue p (rate_time a) (fee a).
Definition is_fraction (p : Pool) : Prop := 0 <= Pool_interest_carry p < pool_CARRY_UNIT.

Theorem carry_is_a_fraction_after_any_run : forall run p, is_fraction p -> is_fraction (fold_left act run p).
Proof.
  apply a_law_that_each_step_keeps_holds_after_any_run. intros p a _.
  unfold is_fraction, act, pool_accrue; simpl. unfold numbers_remainder.
  apply Z.mod_pos_bound. reflexivity.
Qed.
