(* Any number of holders: claims, debts, and parts of what is available. *)
From Ibperp Require Import Kernels Sums.
Require Import ZArith List Lia Psatz.
Import ListNotations.
Open Scope Z_scope.

Lemma two_floors_are_at_most_one : forall a b p d, 0 < d -> a * p / d + b * p / d <= (a + b) * p / d.
Proof.
  intros a b p d Hd. apply Z.div_le_lower_bound; [lia|].
  pose proof (Z.mul_div_le (a * p) d Hd). pose proof (Z.mul_div_le (b * p) d Hd). nia.
Qed.

Theorem claims_of_all_lenders_are_within_what_is_lent : forall pool shares,
  0 <= Pool_lent pool -> 0 <= Pool_lend_shares pool ->
  total shares <= Pool_lend_shares pool ->
  sum (pool_lend_claim pool) shares <= Pool_lent pool.
Proof.
  intros p l HL HS Ht. unfold sum.
  assert (D : 0 < Pool_lend_shares p + pool_SHARES_PER_ATOM) by (unfold pool_SHARES_PER_ATOM; lia).
  assert (H : forall k, total (map (pool_lend_claim p) k) <= pool_lend_claim p (total k)).
  { induction k as [|x k IH].
    - change (0 <= pool_lend_claim p 0).
      unfold pool_lend_claim, numbers_mul_div_down, numbers_div_down.
      rewrite Z.mul_0_l, Zdiv_0_l. lia.
    - change (pool_lend_claim p x + total (map (pool_lend_claim p) k) <= pool_lend_claim p (x + total k)).
      unfold pool_lend_claim, numbers_mul_div_down, numbers_div_down in *.
      pose proof (two_floors_are_at_most_one x (total k) (Pool_lent p + 1) _ D). lia. }
  specialize (H l).
  assert (pool_lend_claim p (total l) < Pool_lent p + 1).
  { unfold pool_lend_claim, numbers_mul_div_down, numbers_div_down.
    apply Z.div_lt_upper_bound; unfold pool_SHARES_PER_ATOM in *; nia. }
  lia.
Qed.

Lemma a_ceiling_is_at_least : forall n d, 0 < d -> n <= d * - (- n / d) < n + d.
Proof.
  intros n d Hd. pose proof (Z.mul_div_le (- n) d Hd).
  pose proof (Z.mul_succ_div_gt (- n) d Hd). lia.
Qed.

Theorem debts_of_all_borrowers_cover_what_is_borrowed : forall pool shares,
  0 < Pool_borrow_shares pool -> total shares = Pool_borrow_shares pool ->
  Pool_borrowed pool <= sum (pool_debt pool) shares
    <= Pool_borrowed pool + Z.of_nat (length shares).
Proof.
  intros p l HS Ht. unfold sum.
  assert (H : forall k, total k * Pool_borrowed p <= Pool_borrow_shares p * total (map (pool_debt p) k)
    <= total k * Pool_borrowed p + Pool_borrow_shares p * Z.of_nat (length k)).
  { induction k as [|x k IH]; [simpl; lia|].
    cbn [map length]. rewrite Nat2Z.inj_succ. unfold total in *; cbn [fold_right].
    assert (x * Pool_borrowed p <= Pool_borrow_shares p * pool_debt p x
            <= x * Pool_borrowed p + Pool_borrow_shares p).
    { unfold pool_debt. destruct (Z.eqb_spec x 0) as [->|Hx]; [lia|].
      unfold numbers_mul_div_up, numbers_div_up.
      pose proof (a_ceiling_is_at_least (x * Pool_borrowed p) (Pool_borrow_shares p) HS). lia. }
    nia. }
  specialize (H l). rewrite Ht in H. nia.
Qed.

Fixpoint parts (available all claimed shared : Z) (claims : list Z) : list Z :=
  match claims with
  | [] => []
  | claim :: rest =>
      let part := sharing_share available (claimed + claim) all shared in
      part :: parts available all (claimed + claim) (shared + part) rest
  end.

Theorem parts_are_all_that_is_available : forall available claims, 0 < total claims ->
  total (parts available (total claims) 0 0 claims) = available.
Proof.
  intros a l Ht.
  assert (H : forall k c before t, 0 < t -> before = a * c / t ->
    before + total (parts a t c before k) = a * (c + total k) / t).
  { induction k as [|x k IH]; intros c before t Hpos Hb.
    - simpl. rewrite !Z.add_0_r. exact Hb.
    - cbn [parts].
      set (part := sharing_share a (c + x) t before).
      change (before + (part + total (parts a t (c + x) (before + part) k)) = a * (c + (x + total k)) / t).
      assert (E : before + part = a * (c + x) / t)
        by (unfold part, sharing_share, numbers_mul_div_down, numbers_div_down; lia).
      specialize (IH (c + x) (before + part) t Hpos E).
      replace (c + (x + total k)) with (c + x + total k) by ring. lia. }
  specialize (H l 0 0 (total l) Ht). rewrite Z.mul_0_r, Z.div_0_l in H by lia.
  specialize (H eq_refl). simpl in H. rewrite Z.div_mul in H; lia.
Qed.

Theorem parts_are_within_their_claims : forall available claims,
  0 <= available <= total claims -> 0 < total claims -> Forall (fun claim => 0 <= claim) claims ->
  Forall2 (fun part claim => 0 <= part <= claim) (parts available (total claims) 0 0 claims) claims.
Proof.
  intros a l Ha Ht Hl.
  assert (H : forall k c before t, 0 < t -> a <= t -> Forall (fun x => 0 <= x) k ->
    before = a * c / t -> Forall2 (fun part x => 0 <= part <= x) (parts a t c before k) k).
  { induction k as [|x k IH]; intros c before t Hpos Hat Hk Hb; cbn [parts]; [constructor|].
    inversion Hk; subst. constructor.
    - unfold sharing_share, numbers_mul_div_down, numbers_div_down. split.
      + pose proof (Z.div_le_mono (a * c) (a * (c + x)) t Hpos). nia.
      + assert (a * (c + x) / t <= x + a * c / t); [|lia].
        rewrite (Z.add_comm x), <- Z.div_add by lia. apply Z.div_le_mono; [lia|]. nia.
    - apply IH; auto. unfold sharing_share, numbers_mul_div_down, numbers_div_down. lia. }
  apply H; auto; [lia|]. rewrite Z.mul_0_r, Z.div_0_l by lia. reflexivity.
Qed.

Theorem parts_are_in_proportion : forall available claims, 0 < total claims ->
  Forall2 (fun part claim => Z.abs (part * total claims - available * claim) < total claims)
    (parts available (total claims) 0 0 claims) claims.
Proof.
  intros a l Ht.
  assert (H : forall k c before t, 0 < t -> before = a * c / t ->
    Forall2 (fun part x => Z.abs (part * t - a * x) < t) (parts a t c before k) k).
  { induction k as [|x k IH]; intros c before t Hpos Hb; cbn [parts]; [constructor|]. constructor.
    - unfold sharing_share, numbers_mul_div_down, numbers_div_down. subst before.
      pose proof (Z.div_mod (a * (c + x)) t ltac:(lia)). pose proof (Z.mod_pos_bound (a * (c + x)) t Hpos).
      pose proof (Z.div_mod (a * c) t ltac:(lia)). pose proof (Z.mod_pos_bound (a * c) t Hpos).
      apply Z.abs_lt. nia.
    - apply IH; auto. unfold sharing_share, numbers_mul_div_down, numbers_div_down. lia. }
  apply H; auto. rewrite Z.mul_0_r, Z.div_0_l by lia. reflexivity.
Qed.
