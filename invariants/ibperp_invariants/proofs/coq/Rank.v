(* Steps that lower a rank end: a rank is a list of numbers from zero, compared part by part (LQ-10). *)
From Ibperp Require Import Kernels Sums.
Require Import ZArith List Lia Psatz Arith Wellfounded.
Import ListNotations.
Open Scope nat_scope.

Inductive lower : list nat -> list nat -> Prop :=
  | lower_here : forall a b l k, a < b -> length l = length k -> lower (a :: l) (b :: k)
  | lower_later : forall a l k, lower l k -> lower (a :: l) (a :: k).

Lemma lower_ranks_have_equal_lengths : forall l k, lower l k -> length l = length k.
Proof. intros l k H. induction H; simpl; lia. Qed.

Lemma every_rank_is_reached_by_ends : forall n l, length l = n -> Acc lower l.
Proof.
  induction n as [|n IH]; intros [|b l] H; simpl in H; try discriminate.
  - constructor. intros k K. inversion K.
  - injection H as H. revert l H.
    induction b as [b IHb] using (well_founded_induction lt_wf). intros l H.
    pose proof (IH l H) as A. induction A as [l _ IHl].
    constructor. intros k K. inversion K; subst.
    + apply IHb; [assumption|]. congruence.
    + apply IHl; [assumption|]. apply lower_ranks_have_equal_lengths. assumption.
Qed.

Theorem falling_ranks_end : well_founded lower.
Proof. intro l. exact (every_rank_is_reached_by_ends (length l) l eq_refl). Qed.

Theorem no_run_of_steps_that_lower_the_rank_is_endless :
  forall S (rank : S -> list nat) (run : nat -> S),
  ~ (forall i, lower (rank (run (1 + i))) (rank (run i))).
Proof.
  intros S rank run H.
  assert (E : forall l, Acc lower l -> forall i, rank (run i) = l -> False).
  { intros l A. induction A as [l _ IH]. intros i <-. exact (IH _ (H i) (1 + i) eq_refl). }
  exact (E _ (falling_ranks_end (rank (run 0))) 0 eq_refl).
Qed.

(* Ranks as numbers, the first part counting most, if each part stays within a bound. *)
Fixpoint span (bounds : list nat) : nat :=
  match bounds with [] => 1 | b :: bs => S b * span bs end.
Fixpoint number (bounds l : list nat) : nat :=
  match bounds, l with b :: bs, a :: r => a * span bs + number bs r | _, _ => 0 end.

Lemma a_number_is_within_its_span : forall bounds l, Forall2 le l bounds -> number bounds l < span bounds.
Proof. intros bounds l H. induction H; simpl; nia. Qed.

Lemma a_lower_rank_has_a_lower_number : forall bounds l k,
  Forall2 le l bounds -> Forall2 le k bounds -> lower l k -> number bounds l < number bounds k.
Proof.
  intros bounds l k H G L. revert bounds H G. induction L as [a b l k A E|a l k L IH]; intros bounds H G.
  - inversion H as [|? c ? bs Hc Hs]; subst. inversion G; subst. simpl.
    pose proof (a_number_is_within_its_span bs l Hs). nia.
  - inversion H as [|? c ? bs Hc Hs]; subst. inversion G; subst. simpl.
    specialize (IH bs Hs ltac:(assumption)). lia.
Qed.

Theorem a_run_has_fewer_steps_than_ranks_are_possible :
  forall S (rank : S -> list nat) (bounds : list nat) (run : nat -> S) (n : nat),
  (forall i, i <= n -> Forall2 le (rank (run i)) bounds) ->
  (forall i, i < n -> lower (rank (run (1 + i))) (rank (run i))) -> n < span bounds.
Proof.
  intros S rank bounds run n B H.
  assert (E : forall i, i <= n -> number bounds (rank (run i)) + i <= number bounds (rank (run 0))).
  { induction i as [|i IH]; intro L; [lia|].
    pose proof (a_lower_rank_has_a_lower_number bounds _ _ (B (1 + i) L) (B i ltac:(lia)) (H i L)).
    specialize (IH ltac:(lia)). simpl in *. lia. }
  pose proof (E n ltac:(lia)). pose proof (a_number_is_within_its_span bounds _ (B 0 ltac:(lia))). lia.
Qed.

(* Where a first part falls, whatever the parts after it become, the rank is lower. *)
Theorem a_first_part_that_falls_lowers_the_rank : forall before a b l k,
  a < b -> length l = length k -> lower (before ++ a :: l) (before ++ b :: k).
Proof. intros before a b l k H E. induction before; simpl; constructor; assumption. Qed.

Open Scope Z_scope.

(* What is left of a position, or of a debt, after a step on the book that is filled completely (LQ-4). *)
Definition left_after (fraction minimum size : Z) : Z := size - liquidation_step_size size fraction minimum.
Definition left_after_steps (fraction minimum size : Z) (n : nat) : Z :=
  Nat.iter n (left_after fraction minimum) size.

Lemma a_step_leaves_nothing_or_its_part : forall fraction minimum size,
  0 <= size -> 1 <= minimum -> 0 <= fraction <= numbers_RATIO ->
  let left := left_after fraction minimum size in
  0 <= left /\ left * numbers_RATIO <= size * (numbers_RATIO - fraction) /\ (left = 0 \/ minimum <= left).
Proof.
  intros f m s Hs Hm Hf. unfold left_after, liquidation_step_size. cbv zeta.
  assert (R : 0 < numbers_RATIO) by reflexivity.
  assert (U : s * f <= numbers_mul_div_up s f numbers_RATIO * numbers_RATIO).
  { unfold numbers_mul_div_up, numbers_div_up. pose proof (Z.mul_div_le (- (s * f)) numbers_RATIO R). nia. }
  destruct (Z.ltb_spec (s - Z.max (numbers_mul_div_up s f numbers_RATIO) m) m) as [H|H].
  - rewrite Z.sub_diag. split; [lia|]. split; [nia | left; reflexivity].
  - pose proof (Z.le_max_l (numbers_mul_div_up s f numbers_RATIO) m).
    split; [lia|]. split; [nia | right; exact H].
Qed.

Theorem a_position_is_gone_after_the_steps_that_are_counted : forall fraction minimum size n,
  0 <= size -> 1 <= minimum -> 0 <= fraction <= numbers_RATIO ->
  size * (numbers_RATIO - fraction) ^ Z.of_nat n < minimum * numbers_RATIO ^ Z.of_nat n ->
  left_after_steps fraction minimum size (S n) = 0.
Proof.
  intros f m s n Hs Hm Hf Hn.
  assert (R : 0 < numbers_RATIO) by reflexivity.
  assert (I : forall k, let left := left_after_steps f m s k in
    0 <= left /\ left * numbers_RATIO ^ Z.of_nat k <= s * (numbers_RATIO - f) ^ Z.of_nat k).
  { induction k as [|k [P Q]]; [unfold left_after_steps; simpl; lia|].
    unfold left_after_steps in *. rewrite Nat2Z.inj_succ, !Z.pow_succ_r by lia. simpl Nat.iter.
    set (l := Nat.iter k (left_after f m) s) in *.
    destruct (a_step_leaves_nothing_or_its_part f m l P Hm Hf) as (A & B & _).
    split; [exact A|].
    assert (0 <= numbers_RATIO ^ Z.of_nat k) by (apply Z.pow_nonneg; lia).
    apply Z.le_trans with (l * (numbers_RATIO - f) * numbers_RATIO ^ Z.of_nat k); nia. }
  destruct (I n) as [P Q]. unfold left_after_steps in *. simpl Nat.iter.
  set (l := Nat.iter n (left_after f m) s) in *.
  destruct (a_step_leaves_nothing_or_its_part f m l P Hm Hf) as (A & B & [C|C]); [exact C|].
  assert (0 < numbers_RATIO ^ Z.of_nat n) by (apply Z.pow_pos_nonneg; lia).
  assert (l < m) by nia.
  assert (left_after f m l <= l).
  { assert (0 <= liquidation_step_size l f m); [|unfold left_after; lia].
    unfold liquidation_step_size. cbv zeta. destruct (_ <? m); lia. }
  lia.
Qed.
